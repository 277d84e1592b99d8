"""Large files: made first, then sent from the disk. A download of Streamlit's own is held in memory as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from lib.database import transaction
from lib.errors import MeishiError
from lib.outreach.exports import export_campaign, open_export
from lib.ui.download_middleware import offer_large
from lib.ui.page import show_error
from lib.words import counted

# More rows than this make a file of ten megabytes or so.
LARGE_ROWS = 5_000
ONCE = "Good for one download within five minutes; after that it is among the files that left."


@dataclass(frozen=True)
class Wanted:
    """A file to be made: of a campaign in a profile, or an export as it was."""

    campaign_id: int
    profile: str = ""
    approved_only: bool = False
    with_manifest: bool = False
    export_id: int | None = None


@dataclass(frozen=True)
class Made:
    """A file that can be had: at an address that is good once, or (None) read from its place."""

    campaign_id: int
    name: str
    mime: str
    path: Path
    address: str | None


def show_making(campaign_id: int, profile: str, rows: int, approved_only: bool) -> None:
    """Offer to make the file; `show_made` then makes and offers it."""
    for label, icon, with_manifest in (
        (f"Make a file of {counted(rows, 'row')}", ":material/description:", False),
        ("With manifest", ":material/folder_zip:", True),
    ):
        wanted = Wanted(campaign_id, profile, approved_only, with_manifest)
        key = f"make_{'manifest' if with_manifest else 'file'}"
        st.button(
            label,
            icon=icon,
            type="secondary" if with_manifest else "primary",
            key=key,
            on_click=want,
            args=(wanted,),
            disabled=not rows,
        )


def want(wanted: Wanted) -> None:
    """Have `show_made` make this file."""
    st.session_state["wanted_file"] = wanted
    st.session_state.pop("made_file", None)


def show_made(campaign_id: int) -> None:
    """Make the file that was asked for, and offer the one that was made."""
    wanted: Wanted | None = st.session_state.pop("wanted_file", None)
    if wanted is not None and wanted.campaign_id == campaign_id:
        with st.spinner("Making the file…"):
            try:
                # Kept before anything is drawn: a rerun may cut this one off there.
                st.session_state["made_file"] = _make(wanted)
            except MeishiError as error:
                show_error(error)
    made: Made | None = st.session_state.get("made_file")
    if made is None or made.campaign_id != campaign_id:
        return
    label = f"Download {made.name}"
    if made.address is None:
        st.download_button(
            label, made.path.open("rb"), made.name, made.mime, on_click="ignore", type="primary", key="made_download"
        )
        return
    st.link_button(label, made.address, icon=":material/download:", type="primary")
    st.caption(ONCE)


def _make(wanted: Wanted) -> Made:
    """Return the file, recorded as it leaves. Raises what an export raises."""
    with transaction() as db:
        if wanted.export_id is not None:
            name, mime, path = open_export(db, wanted.export_id)
        else:
            made = export_campaign(
                db,
                wanted.campaign_id,
                wanted.profile,
                approved_only=wanted.approved_only,
                with_manifest=wanted.with_manifest,
            )
            name, mime, path = made.file_name, made.mime, made.path
    return Made(wanted.campaign_id, name, mime, path, offer_large(path, name, mime))
