"""Earlier exports: listed, and given again byte for byte as they left."""

from __future__ import annotations

import json
import time
import uuid
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from lib.contacts.suppressions import recall_opted_out
from lib.database import list_rows
from lib.errors import NotFound
from lib.outreach.exports.judging import SQL
from lib.outreach.exports.records import PastExport
from lib.outreach.exports.writing import READ_AT_ONCE
from lib.settings import get_settings
from lib.storage import open_file

# How long a copy made for one download stays.
COPIES_STAY_S = 3600
ZIP = "application/zip"
# Nothing of the clock in a zip: the same export gives the same bytes.
NO_TIME = (1980, 1, 1, 0, 0, 0)


def list_exports(db: Connection, campaign_id: int) -> list[PastExport]:
    """Return the campaign's exports, newest first. Raises SuppressionKeyLost."""
    about = {"campaign_id": campaign_id, "opted_out": recall_opted_out(db, campaign_id)}
    return list_rows(db, SQL["list_exports"], PastExport, about)


def open_export(db: Connection, export_id: int, *, with_manifest: bool = False) -> tuple[str, str, Path]:
    """Return name, MIME type and place of the file as it left. Raises NotFound, StorageUnavailable."""
    found = db.execute(SQL["get_export"], {"export_id": export_id}).first()
    if found is None:
        raise NotFound("This export is not there any more.", "Export the campaign again.")
    if found.url is None:
        raise NotFound(
            "The file of this export was deleted: somebody in it was erased.", "Export the campaign again."
        )
    file = (found.file_name, found.mime, open_file(found.url, copies_folder()))
    return with_manifest_beside(*file, found.manifest) if with_manifest else file


def with_manifest_beside(file_name: str, mime: str, path: Path, manifest: dict[str, Any]) -> tuple[str, str, Path]:
    """Return name, MIME type and place of a zip with the file and manifest.json."""
    packed = copies_folder() / f"{uuid.uuid4().hex}.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        with path.open("rb") as file, archive.open(_member(file_name), "w", force_zip64=True) as member:
            while chunk := file.read(READ_AT_ONCE):
                member.write(chunk)
        text = json.dumps({**manifest, "file": file_name, "mime": mime}, ensure_ascii=False, indent=2, sort_keys=True)
        archive.writestr(_member("manifest.json"), text)
    return f"{file_name.rpartition('.')[0]}.zip", ZIP, packed


def copies_folder() -> Path:
    """Return the folder for files that are made for one download; those of earlier ones go."""
    folder = _copies_folder()
    sweep_copies()
    return folder


def sweep_copies(*, older_than_s: float = COPIES_STAY_S) -> None:
    """Delete this machine's copies that were made for downloads so long ago."""
    for path in _copies_folder().iterdir():
        # Somebody else may sweep at the same time.
        with suppress(FileNotFoundError):
            if path.stat().st_mtime <= time.time() - older_than_s:
                path.unlink()


def _copies_folder() -> Path:
    folder = get_settings().meishi_home / "downloads"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, NO_TIME)
    member.compress_type = zipfile.ZIP_DEFLATED
    return member
