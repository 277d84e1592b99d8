"""Taking photos in and watching them being read."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from lib.capture import capture_photo
from lib.chat import model_host
from lib.database import transaction
from lib.errors import AlreadyThere
from lib.jobs.progress import Photo, Progress, count_progress, list_latest_photos
from lib.jobs.reading import retry_readings
from lib.settings import get_settings
from lib.ui.page import error_boundary
from lib.ui.text import plain

EXTENSIONS = ["jpg", "jpeg", "png", "webp", "heic", "heif"]
# What a photo's contact is, in words.
STATES = {
    "processing": "Waiting",
    "completed": "Read",
    "pending_review": "Read, to review",
    "user_verified": "Verified",
    "failed": "Failed",
}
FAILURES_SHOWN = 20
REPEATED_NAMED = 3


def take_photos(event_id: int) -> None:
    """Offer the uploader or the camera; every photo given is captured at once, without a further button."""
    source = st.segmented_control(
        "Source", ["Photos", "Camera"], default="Photos", required=True, key="source", label_visibility="collapsed"
    )
    # A new key lets go of the last batch's bytes and empties the widget; photos never pass to another event.
    batch = st.session_state.setdefault("batch", 0)
    if source == "Camera":
        # Only mounted when chosen: the browser asks for the camera as soon as this is on the page.
        shot = st.camera_input("Hold the card into the picture", key=f"camera_{event_id}_{batch}")
        photos = [] if shot is None else [shot]
    else:
        with st.container(key="cards"):
            photos = st.file_uploader(
                "Photos of cards, one card a photo",
                type=EXTENSIONS,
                accept_multiple_files=True,
                key=f"cards_{event_id}_{batch}",
                help="JPEG, PNG, WebP or HEIC. They are read as soon as they are here.",
            )
    _say_who_reads()
    if photos:
        _capture(event_id, photos)


def _say_who_reads() -> None:
    """Name the host that the pictures go to; say nothing where they stay on this machine."""
    settings = get_settings()
    if settings.ocr_engine == "vision" and settings.has_model:
        host, model = plain(model_host(settings)), plain(settings.openai_model)
        st.caption(f"Each photo is also sent to {host} (model {model}) to be read.")


def _capture(event_id: int, photos: Sequence[UploadedFile]) -> None:
    """Capture what is not captured yet; what fails stays in the uploader to be tried again."""
    done: set[str] = st.session_state.setdefault("captured", set())
    repeated: list[str] = st.session_state.setdefault("repeated", [])
    with error_boundary():
        with st.spinner(f"Taking in {len(photos)} …"):
            for photo in photos:
                if photo.file_id in done:
                    continue
                try:
                    capture_photo(event_id, photo.name, photo.getvalue())
                except AlreadyThere as error:
                    repeated.append(error.message)
                done.add(photo.file_id)
        _say_taken(len(done) - len(repeated), repeated)
        st.session_state["batch"] += 1
        del st.session_state["captured"], st.session_state["repeated"]
        st.rerun()
    st.button("Try the others again", icon=":material/refresh:", key="capture_again")


def _say_taken(count: int, repeated: list[str]) -> None:
    if count:
        st.toast(f"{count} taken in.", icon=":material/check:")
    for message in repeated[:REPEATED_NAMED]:
        st.toast(plain(message), icon=":material/content_copy:", duration="long")
    if len(repeated) > REPEATED_NAMED:
        st.toast(f"{len(repeated) - REPEATED_NAMED} more were here already.", icon=":material/content_copy:")


def show_progress(event_id: int) -> None:
    """Show how far the event's photos are, moving while any is waiting."""
    with transaction() as db:
        is_busy = count_progress(db, event_id).waiting > 0
    st.fragment(_progress, run_every="1s" if is_busy else None)(event_id, is_busy)


def _progress(event_id: int, was_busy: bool) -> None:
    with error_boundary():
        with transaction() as db:
            progress = count_progress(db, event_id)
            photos = list_latest_photos(db, event_id)
            failed = list_latest_photos(db, event_id, statuses=["failed"], limit=FAILURES_SHOWN)
        if was_busy != (progress.waiting > 0):
            st.rerun()  # the whole page once more, with or without the clock
        if not progress.total:
            st.caption("No cards of this event yet. Drop their photos above, as many as you like at once.")
            return
        _summary(progress)
        _failures(failed, progress.failed)
        _latest(photos)


def _summary(progress: Progress) -> None:
    done = progress.read + progress.failed
    if progress.waiting:
        st.progress(done / progress.total, f"{done} of {progress.total} read")
    with st.grid(min_column_width=160, border=True):
        st.metric("Waiting to be read", progress.waiting, icon=":material/hourglass_empty:")
        st.metric("Read", progress.read, icon=":material/check_circle:")
        st.metric("Failed", progress.failed, icon=":material/error:")


def _failures(failed: list[Photo], count: int) -> None:
    if not failed:
        return
    with st.container(border=True, key="failures"):
        st.subheader(":material/error: Could not be read", anchor=False)
        for photo in failed:
            with st.container(horizontal=True, vertical_alignment="center"):
                with st.container(gap=None):
                    st.text(photo.photo_name)
                    st.text(photo.error_message or "")
                _retry_button("Try again", [photo], key=f"retry_{photo.contact_id}")
        if count > 1:
            _retry_button(f"Try these {len(failed)} again", failed, key="retry_all")


def _retry_button(label: str, photos: list[Photo], *, key: str) -> None:
    # By callback, which runs first: a click is lost when the clock's next run cuts its own off.
    st.button(label, icon=":material/refresh:", key=key, on_click=_retry, args=(photos,))


def _retry(photos: list[Photo]) -> None:
    with error_boundary(), transaction() as db:
        retry_readings(db, [(photo.contact_id, photo.photo_name) for photo in photos])


def _latest(photos: list[Photo]) -> None:
    st.subheader("Latest", anchor=False)
    rows = [
        {
            "Photo": photo.photo_name,
            "State": "Reading" if photo.job_status == "processing" else STATES[photo.contact_status],
            "Name": photo.full_name,
            "Company": photo.company,
            "Seconds": photo.seconds,
        }
        for photo in photos
    ]
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        placeholder="",
        column_config={"Seconds": st.column_config.NumberColumn("Reading took", format="%.1f s")},
        key="latest",
    )
    st.page_link("pages/2_Review.py", label="Review what is unsure", icon=":material/fact_check:")
