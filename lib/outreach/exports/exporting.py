"""Exporting a campaign: the file is written, stored and recorded, or nothing of all that."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from lib.activity import log_activity
from lib.errors import NotFound, NotValid
from lib.images import hold_images, note_images
from lib.outreach.campaigns import lock_campaign
from lib.outreach.exports.history import copies_folder, with_manifest_beside
from lib.outreach.exports.judging import SQL, get_profile, question_for_file
from lib.outreach.exports.profiles import Profile
from lib.outreach.exports.records import Export
from lib.outreach.exports.streaming import Result, write_file
from lib.storage import new_export_address, new_file, open_file
from lib.text import to_json

# Of a file's name, in bytes.
NAME_LIMIT = 160
DEVICE = re.compile(r"con|prn|aux|nul|(com|lpt)\d", re.IGNORECASE)


def export_campaign(
    db: Connection,
    campaign_id: int,
    profile_key: str = "generic",
    *,
    approved_only: bool = False,
    with_manifest: bool = False,
) -> Export:
    """Return the file, stored and recorded; the same campaign unchanged gives the same bytes.

    The file counts once the transaction does; else the next sweep takes it away. Raises NotFound, NotValid where no
    row is left or drafts are still being written, StorageUnavailable, SuppressionKeyLost.
    """
    profile = get_profile(profile_key)
    url = new_export_address(profile.extension)
    # Before this transaction asks for anything: behind a pooler with few connections each export would hold one and
    # wait for another.
    note_images([url])
    _hold(db, campaign_id)
    question = question_for_file(db, campaign_id, profile, approved_only)
    hold_images(db, [url])
    with new_file(url) as file:
        result = write_file(db, profile, question, file)
        if not result.rows:
            raise NotValid("There is no draft to export.", "Generate drafts, or look at those that are held back.")
    return _record(db, campaign_id, profile, result, url, approved_only, with_manifest)


def _hold(db: Connection, campaign_id: int) -> None:
    """Keep others from writing to the campaign until the transaction ends."""
    status = lock_campaign(db, campaign_id)
    if status is None:
        raise NotFound("This campaign is not there any more.", "It was deleted meanwhile; choose another.")
    if status == "generating":
        raise NotValid("The drafts are still being written.", "Download them when they are ready.")


def _record(
    db: Connection,
    campaign_id: int,
    profile: Profile,
    result: Result,
    url: str,
    approved_only: bool,
    with_manifest: bool,
) -> Export:
    """Write down what left: the export, the campaign, its drafts and the log."""
    name = db.execute(SQL["mark_campaign"], {"campaign_id": campaign_id, "profile": profile.key}).scalar_one()
    if profile.for_drafts:
        db.execute(SQL["mark_drafts"], {"draft_ids": _as_array(result.draft_ids)})
    manifest = {"campaign": name, "approved_only": approved_only, **result.manifest(profile)}
    added = db.execute(
        SQL["add_export"],
        {
            "campaign_id": campaign_id,
            "campaign_name": name,
            "profile": profile.key,
            "file_name": as_file_name(name, profile),
            "mime": profile.mime,
            "url": url,
            "rows": result.rows,
            "manifest": to_json(manifest),
            "sha256": result.sha256,
            "contact_ids": _as_array(result.contact_ids),
            "approved_only": approved_only,
        },
    ).one()
    _log(db, campaign_id, manifest, added.id)
    file = (as_file_name(name, profile), profile.mime, open_file(url, copies_folder()))
    file_name, mime, path = with_manifest_beside(*file, manifest) if with_manifest else file
    return Export(
        id=added.id,
        file_name=file_name,
        mime=mime,
        path=path,
        rows=result.rows,
        held_back=dict(result.held_back),
        sha256=result.sha256,
        created_at=added.created_at,
    )


def _log(db: Connection, campaign_id: int, manifest: dict[str, Any], export_id: int) -> None:
    told = ("profile", "rows", "held_back", "suppressed", "sha256")
    log_activity(
        db,
        "email_campaign_exported",
        "email_campaign",
        campaign_id,
        export_id=export_id,
        held_back_contacts=[held["contact_id"] for held in manifest["held_back_contacts"]],
        **{name: manifest[name] for name in told},
    )


def _as_array(ids: Sequence[int]) -> str:
    # As PostgreSQL writes arrays: the driver takes its time over a hundred thousand numbers.
    return f"{{{','.join(map(str, ids))}}}"


def as_file_name(name: str, profile: Profile) -> str:
    """Return the campaign's name as a file may be called, with the target's."""
    # Not what a command takes for an option, nor a device on Windows; and no longer than a disk takes.
    stem = " ".join(re.sub(r"[^\w -]", "", name).split()).lstrip("-_ ")
    stem = stem.encode()[:NAME_LIMIT].decode(errors="ignore").strip()
    if not stem or DEVICE.fullmatch(stem):
        stem = f"campaign {stem}".strip()
    target = "" if profile.key == "generic" else f" - {profile.key}"
    return str(Path(f"{stem}{target}.{profile.extension}"))
