"""Whether what is to be written fits, reckoned from what is said of disks."""

from pathlib import Path

import pytest

from lib.backup.errors import NoRoom
from lib.backup.room import LARGEST_LOG, SPARE, Disk, Need, bytes_of_rows, refuse_without_room

MB = 1_000_000
IMAGES = Need(what="the images", folder=Path("/srv/images"), bytes=300 * MB, setting="STORAGE_URL")
ROWS = Need(what="the database", folder=Path("/home/meishi/data"), bytes=200 * MB, setting="MEISHI_HOME")
BACKUP = Need(what="the backup of what is there", folder=Path("/mnt/b"), bytes=100 * MB, setting="BACKUP_FOLDER")


def one_disk(free: int) -> dict[Path, Disk]:
    return {need.folder: Disk(device=1, free=free) for need in (IMAGES, ROWS, BACKUP)}


def refused(needs: list[Need], disks: dict[Path, Disk]) -> NoRoom:
    with pytest.raises(NoRoom) as caught:
        refuse_without_room(needs, disks.__getitem__)
    return caught.value


def test_what_fits_to_the_byte_is_let_through() -> None:
    refuse_without_room([IMAGES], one_disk(300 * MB).__getitem__)
    refused([IMAGES], one_disk(300 * MB - 1))


def test_what_goes_to_one_disk_is_added_up() -> None:
    refuse_without_room([IMAGES, ROWS], one_disk(500 * MB).__getitem__)
    refused([IMAGES, ROWS], one_disk(500 * MB - 1))


def test_what_goes_to_two_disks_is_not() -> None:
    disks = {**one_disk(300 * MB), ROWS.folder: Disk(device=2, free=200 * MB)}
    refuse_without_room([IMAGES, ROWS], disks.__getitem__)


def test_the_disk_that_is_too_small_is_the_one_that_is_named() -> None:
    disks = {**one_disk(300 * MB), ROWS.folder: Disk(device=2, free=MB)}
    error = refused([IMAGES, ROWS], disks)
    assert error.message == "The database may take 200 MB, and there are 1.0 MB left in /home/meishi/data."
    assert error.remedy == "Make room there, or set MEISHI_HOME to a folder on another disk."


def test_all_that_goes_there_is_named_with_the_settings_that_lead_it_elsewhere() -> None:
    error = refused([IMAGES, ROWS, BACKUP], one_disk(2 * MB))
    assert error.message == (
        "The images, the database and the backup of what is there may take 600 MB, and there are 2.0 MB left in "
        "/srv/images."
    )
    assert error.remedy.startswith("Make room there, or set STORAGE_URL, MEISHI_HOME or BACKUP_FOLDER to a folder")


def test_what_needs_nothing_is_not_named() -> None:
    nothing = Need(what="the images", folder=IMAGES.folder, bytes=0, setting="STORAGE_URL")
    assert refused([nothing, ROWS], one_disk(MB)).message.startswith("The database may take")
    refuse_without_room([nothing], one_disk(0).__getitem__)


@pytest.mark.parametrize(
    ("copied", "log_there", "needed"),
    [
        (100 * MB, 0, 480 * MB),
        # What is there of the log is used anew, and no more than is needed of it.
        (100 * MB, 100 * MB, 380 * MB),
        (100 * MB, 900 * MB, 240 * MB),
        (1000 * MB, 0, 2400 * MB + LARGEST_LOG),
    ],
)
def test_rows_need_their_tables_and_the_log_of_changes_up_to_its_limit(
    copied: int, log_there: int, needed: int
) -> None:
    assert bytes_of_rows(copied, log_there=log_there) == needed + SPARE
