"""Exported files in the store: given again as they were, never lost, never left behind."""

import os
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import URL, text

from lib.contacts.suppressions import add_suppression
from lib.database import transaction
from lib.errors import NotFound
from lib.images import sweep_images
from lib.jobs.upkeep import _tidy
from lib.outreach.campaigns import delete_campaign
from lib.outreach.exports import Export, export_campaign, list_exports, open_export
from lib.outreach.exports.history import copies_folder
from tests.database.test_exports import add_drafted
from tests.outreach_data import add_two


@pytest.fixture
def campaign_id(opened: URL) -> int:
    with transaction() as db:
        return add_drafted(db, add_two(db))


def exported(campaign_id: int, profile: str = "generic") -> Export:
    with transaction() as db:
        return export_campaign(db, campaign_id, profile)


def stored(home: Path) -> list[Path]:
    return [path for path in (home / "images").rglob("*") if path.is_file()]


def a_minute_passes() -> None:
    with transaction() as db:
        db.execute(text("update loose_images set sweep_from = sweep_from - interval '1 minute'"))


def test_the_history_tells_every_export_and_gives_the_file_as_it_was(campaign_id: int) -> None:
    first = exported(campaign_id)
    before = first.path.read_bytes()
    with transaction() as db:
        db.execute(text("update contacts set company = 'Renamed'"))
    second = exported(campaign_id, "xlsx")
    with transaction() as db:
        past = list_exports(db, campaign_id)
        name, mime, path = open_export(db, first.id)
    assert [(one.id, one.title, one.rows) for one in past] == [(second.id, "Excel", 2), (first.id, "CSV", 2)]
    assert (name, mime, path.read_bytes()) == ("After the fair.csv", "text/csv", before)


def test_the_history_tells_who_opted_out_since(campaign_id: int) -> None:
    exported(campaign_id)
    with transaction() as db:
        assert [past.opted_out for past in list_exports(db, campaign_id)] == [0]
        add_suppression(db, "ada@example.com")
        assert [past.opted_out for past in list_exports(db, campaign_id)] == [1]


def test_an_old_file_comes_with_its_manifest_where_that_is_wanted(campaign_id: int) -> None:
    with transaction() as db:
        export = export_campaign(db, campaign_id, with_manifest=True)
        name, mime, path = open_export(db, export.id, with_manifest=True)
    assert (name, mime) == ("After the fair.zip", "application/zip")
    assert path.read_bytes() == export.path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["After the fair.csv", "manifest.json"]


def test_a_kept_file_is_never_swept(campaign_id: int, home: Path) -> None:
    exported(campaign_id)
    a_minute_passes()
    assert (sweep_images(), len(stored(home))) == (0, 1)


def test_a_file_whose_export_failed_is_swept(campaign_id: int, home: Path) -> None:
    def fail() -> None:
        with transaction() as db:
            export_campaign(db, campaign_id)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert len(stored(home)) == 1
    a_minute_passes()
    assert (sweep_images(), stored(home)) == (1, [])
    with transaction() as db:
        assert list_exports(db, campaign_id) == []


def test_half_a_file_of_a_killed_program_is_swept(campaign_id: int, home: Path) -> None:
    export = exported(campaign_id)
    with transaction() as db:
        db.execute(text("delete from email_exports"))
    export.path.rename(export.path.with_name(f"{export.path.name}#1"))
    sweep_images()
    assert stored(home) == []


def test_an_exported_file_goes_with_its_campaign(campaign_id: int, home: Path) -> None:
    exported(campaign_id)
    with transaction() as db:
        delete_campaign(db, campaign_id)
    sweep_images()
    assert stored(home) == []


def old_copy() -> Path:
    copy = copies_folder() / "copy.zip"
    copy.write_bytes(b"ada@example.com")
    os.utime(copy, (0, 0))
    return copy


def test_a_copy_that_another_download_swept_meanwhile_stops_nobody(
    opened: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = old_copy()
    monkeypatch.setattr(Path, "iterdir", lambda folder: iter([folder / "gone.zip", copy]))
    copies_folder()
    assert not copy.exists()


def test_copies_of_old_downloads_go_while_nobody_downloads(opened: URL) -> None:
    copy = old_copy()
    _tidy()
    assert not copy.exists()


def test_young_copies_stay_until_they_are_read(opened: URL) -> None:
    copy = old_copy()
    copy.touch()
    _tidy()
    assert copy.exists()


def test_a_file_that_is_gone_says_so(campaign_id: int) -> None:
    export = exported(campaign_id)
    export.path.unlink()
    with transaction() as db, pytest.raises(NotFound, match="Export the campaign again"):
        open_export(db, export.id)
