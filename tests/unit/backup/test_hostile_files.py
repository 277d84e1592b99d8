"""Files that call themselves backups."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lib.backup import checking
from lib.backup.checking import check_backup
from lib.backup.errors import BackupDamaged, BackupTooNew, NotABackup
from lib.backup.manifest import About, Manifest, Table, as_json
from lib.backup.tar import TarWriter
from lib.database import migrations

MADE_AT = "2026-11-23T03:00:00Z"
KEY = f"cards/1/{'a' * 32}.jpg"
SECOND = f"cards/1/{'b' * 32}.jpg"
ROWS = b"1\tAda Example\n2\tBob Example\n"
PACKED = gzip.compress(ROWS, mtime=0)
Change = Callable[[dict[str, Any]], None]


def written(
    path: Path,
    *,
    about: dict[str, Any] | None = None,
    rows: bytes = ROWS,
    packed: bytes | None = None,
    images: dict[str, bytes] | None = None,
    change: Change | None = None,
) -> Path:
    """Write a small backup, with what is wrong with it."""
    images = {KEY: b"photo", SECOND: b"other photo"} if images is None else images
    packed = gzip.compress(rows, mtime=0) if packed is None else packed
    with path.open("wb") as file:
        writer = TarWriter(file)
        found = About(format=1, made_at=MADE_AT, migrations=tuple(migrations.known().items()))  # type: ignore[arg-type]
        first = json.dumps({**json.loads(as_json(found)), **(about or {})}).encode()
        writer.add("about.json", len(first), [first])
        writer.add("tables/contacts.00001.copy.gz", len(packed), [packed])
        for key, data in images.items():
            writer.add(f"images/{key}", len(data), [data])
        manifest = Manifest(
            tables=(Table(name="contacts", columns=("id", "full_name"), rows=2, bytes=len(rows), parts=1),),
            ids={}, images=len(images), image_bytes=sum(map(len, images.values())), missing=0, missing_images=(),
            suppression_key="none", suppression_check=None, sums_sha256=writer.add_sums(), server="18",
        )  # fmt: skip
        last = json.loads(as_json(manifest))
        if change:
            change(last)
        data = json.dumps(last).encode()
        writer.add("manifest.json", len(data), [data])
        writer.close()
    return path


def check(path: Path) -> None:
    with check_backup(path):
        pass


def packed_in(path: Path, *members: tarfile.TarInfo | tuple[str, bytes], kind: int = tarfile.USTAR_FORMAT) -> Path:
    """Put members behind the first one of a good backup."""
    with tarfile.open(path) as archive:
        about = archive.extractfile("about.json")
        assert about is not None
        first = about.read()
    with tarfile.open(path, "w", format=kind) as archive:
        for member in (("about.json", first), *members):
            info, data = (
                (member, b"") if isinstance(member, tarfile.TarInfo) else (tarfile.TarInfo(member[0]), member[1])
            )
            if data:
                info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def test_a_good_one_is_good(tmp_path: Path) -> None:
    with check_backup(written(tmp_path / "b.tar")) as checked:
        assert checked.manifest.rows_of("contacts") == 2
        names = [member.name for member, _ in checked.members()]
    assert names == ["about.json", "tables/contacts.00001.copy.gz", f"images/{KEY}", f"images/{SECOND}"]


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"\0" * 2048, gzip.compress(b"x" * 5000, mtime=0), b"%PDF-1.7" * 300]
)
def test_another_kind_of_file_is_called_so(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "b.tar"
    path.write_bytes(data)
    with pytest.raises(NotABackup, match="no backup of Meishi"):
        check(path)


def test_another_tar_is_no_backup(tmp_path: Path) -> None:
    path = tmp_path / "b.tar"
    with tarfile.open(path, "w") as archive:
        archive.addfile(tarfile.TarInfo("notes.txt"))
    with pytest.raises(NotABackup):
        check(path)


def test_one_that_is_cut_off_anywhere_is_damaged(tmp_path: Path) -> None:
    whole = written(tmp_path / "b.tar").read_bytes()
    for length in {*range(512, len(whole) - 1024, 512), *range(600, len(whole) - 1024, 700)}:
        (tmp_path / "cut.tar").write_bytes(whole[:length])
        with pytest.raises(BackupDamaged):
            check(tmp_path / "cut.tar")


def test_a_byte_changed_anywhere_in_what_is_kept_is_noticed(tmp_path: Path) -> None:
    whole = bytearray(written(tmp_path / "b.tar").read_bytes())
    end = whole.index(b"manifest.json")
    for place in range(0, end, 37):
        changed = bytearray(whole)
        changed[place] ^= 0x41
        (tmp_path / "changed.tar").write_bytes(changed)
        try:
            check(tmp_path / "changed.tar")
        except (BackupDamaged, NotABackup, BackupTooNew):
            continue
        # Fields of a header that nothing is made of (its padding) may be anything.
        with tarfile.open(tmp_path / "changed.tar") as archive, tarfile.open(tmp_path / "b.tar") as good:
            for member in good:
                if member.name in archive.getnames():
                    assert archive.extractfile(member.name).read() == good.extractfile(member.name).read()  # type: ignore[union-attr]


def test_an_image_put_in_place_of_another_with_its_sum_made_good_still_has_to_fit_the_manifest(
    tmp_path: Path,
) -> None:
    good, other = (
        written(tmp_path / "a.tar"),
        written(tmp_path / "b.tar", images={KEY: b"image", SECOND: b"other photo"}),
    )
    whole, changed = good.read_bytes(), other.read_bytes()
    at = whole.index(b"manifest.json")
    (tmp_path / "c.tar").write_bytes(changed[: changed.index(b"manifest.json")] + whole[at:])
    with pytest.raises(BackupDamaged, match="list of sums"):
        check(tmp_path / "c.tar")


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "/etc/passwd", "images/../../x.jpg", "images/cards/1/x.jpg", f"images/cards/../{'a' * 32}.jpg",
     "tables/../../x.00001.copy.gz", "tables/Contacts.00001.copy.gz", "other.json", f"images/{KEY}\n", "about.json"],
)  # fmt: skip
def test_a_name_that_is_none_of_ours_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(BackupDamaged, match="does not belong"):
        check(packed_in(written(tmp_path / "b.tar"), (name, b"data")))


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE]
)
def test_links_folders_and_devices_are_refused(kind: bytes, tmp_path: Path) -> None:
    info = tarfile.TarInfo(f"images/{KEY}")
    info.type, info.linkname = kind, "/etc/passwd"
    with pytest.raises(BackupDamaged, match="no plain file"):
        check(packed_in(written(tmp_path / "b.tar"), info))


def test_long_names_of_newer_tars_are_refused(tmp_path: Path) -> None:
    for kind in (tarfile.PAX_FORMAT, tarfile.GNU_FORMAT):
        with pytest.raises(BackupDamaged, match="no plain file"):
            check(packed_in(written(tmp_path / "b.tar"), (f"images/cards/1/{'a' * 300}.jpg", b"x"), kind=kind))


def test_a_member_larger_than_the_file_is_refused_unread(tmp_path: Path) -> None:
    info = tarfile.TarInfo(f"images/{KEY}")
    info.size = 8**11 - 1
    path = written(tmp_path / "b.tar")
    first = path.read_bytes()[: path.read_bytes().index(b"tables/")]
    path.write_bytes(first + info.tobuf(tarfile.USTAR_FORMAT) + bytes(4096))
    with pytest.raises(BackupDamaged, match="its end is missing"):
        check(path)


def test_two_members_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BackupDamaged, match="does not belong"):
        check(packed_in(written(tmp_path / "b.tar"), (f"images/{KEY}", b"one"), (f"images/{KEY}", b"two")))


def test_what_is_packed_to_fill_the_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "LARGEST_PART", 4 << 20)
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(b"\n" * (1 << 20)) for _ in range(8)) + packer.flush()
    assert len(bomb) < 10_000
    with pytest.raises(BackupDamaged, match="more than it can"):
        check(written(tmp_path / "b.tar", packed=bomb))


@pytest.mark.parametrize("packed", [b"not packed", PACKED[:-9], PACKED + PACKED])
def test_a_part_that_does_not_unpack_is_damaged(packed: bytes, tmp_path: Path) -> None:
    with pytest.raises(BackupDamaged):
        check(written(tmp_path / "b.tar", packed=packed))


def test_half_a_row_is_damaged(tmp_path: Path) -> None:
    with pytest.raises(BackupDamaged, match="cut off"):
        check(written(tmp_path / "b.tar", rows=b"1\tAda Example\n2\tBob"))


@pytest.mark.parametrize(
    "change",
    [
        lambda found: found.update(images=3),
        lambda found: found["tables"][0].update(rows=3),
        lambda found: found["tables"].append({**found["tables"][0], "name": "events"}),
        lambda found: found["tables"].clear(),
        lambda found: found.update(suppression_key="inside"),
        lambda found: found.update(sums_sha256="0" * 64),
        lambda found: found.pop("ids"),
        lambda found: found.update(ids=[1]),
    ],
)
def test_a_manifest_that_says_something_else_is_damaged(change: Change, tmp_path: Path) -> None:
    with pytest.raises(BackupDamaged):
        check(written(tmp_path / "b.tar", change=change))


def test_something_behind_the_end_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "b.tar")
    path.write_bytes(path.read_bytes() + b"more")
    with pytest.raises(BackupDamaged, match="follows its end"):
        check(path)


def test_one_of_a_newer_program_is_refused_before_anything_else_is_read(tmp_path: Path) -> None:
    with pytest.raises(BackupTooNew, match="Update this program"):
        check(written(tmp_path / "b.tar", about={"format": 2, "migrations": "another way"}, packed=b"unknown"))
    later = [*migrations.known().items(), ("9999_later.sql", "0" * 64)]
    with pytest.raises(BackupTooNew, match="Update this program"):
        check(written(tmp_path / "b.tar", about={"migrations": later}, packed=b"unknown"))


def test_one_of_other_tables_is_refused(tmp_path: Path) -> None:
    changed = [(name, "0" * 64) for name in migrations.known()]
    with pytest.raises(BackupTooNew, match="other tables"):
        check(written(tmp_path / "b.tar", about={"migrations": changed}))
