"""Taking photos in: from files, a folder or the camera, one or two a card."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from lib.capture import add_back, capture_photo
from lib.chat import model_host
from lib.errors import AlreadyThere, NotFound, NotValid
from lib.settings import get_settings
from lib.ui.intake import Intake, take_in
from lib.ui.page import error_boundary
from lib.ui.saying import say_next
from lib.ui.text import plain
from lib.ui.uploads import taking
from lib.words import counted

EXTENSIONS = ["jpg", "jpeg", "png", "webp", "heic", "heif"]
REPEATED_NAMED = 3
PHOTOS, FOLDER, CAMERA = "Photos", "Folder", "Camera"
# What a card's photos are.
ONE_SIDE, TWO_SIDES = "One photo a card", "Front and back"
# A few photos are in so soon that showing how far they are would only flicker.
AT_ONCE_S = 0.5
# Of at most so many digits: Python refuses to count thousands.
NUMBER = re.compile(r"(\d{1,99})")

Card = Sequence[UploadedFile]


def take_photos(event_id: int) -> None:
    """Offer the uploader, a folder or the camera; every photo given is captured, without a further button."""
    with st.container(horizontal=True):
        source = _choice("Source", [PHOTOS, FOLDER, CAMERA], key="source")
        is_two_sided = _choice("Each card", [ONE_SIDE, TWO_SIDES], key="sides") == TWO_SIDES
    if source == CAMERA:
        _photograph(event_id, is_two_sided=is_two_sided)
    else:
        _upload(event_id, is_folder=source == FOLDER, is_two_sided=is_two_sided)
    _say_who_reads()


def _choice(label: str, options: list[str], *, key: str) -> str | None:
    return st.segmented_control(
        label, options, default=options[0], required=True, key=key, label_visibility="collapsed"
    )


def _upload(event_id: int, *, is_folder: bool, is_two_sided: bool) -> None:
    """Offer the uploader, and hand over what it holds: from then on no click, reload or other page matters."""
    photos = _offer_uploader(event_id, is_folder=is_folder, is_two_sided=is_two_sided)
    if not photos:
        return
    pictures = pictures_of(photos) if is_folder else photos
    step = 2 if is_two_sided else 1
    cards = [pictures[place : place + step] for place in range(0, len(pictures), step)]
    # Nothing of this shows anything, so that no click can come between the two and take a photo in twice.
    intake = take_in(event_id, cards, lambda card: _capture(event_id, card))
    intake.left_out += len(photos) - len(pictures)
    _next_batch()
    intake.wait(AT_ONCE_S)
    st.rerun()


def _offer_uploader(event_id: int, *, is_folder: bool, is_two_sided: bool) -> list[UploadedFile]:
    whole = "A folder of photos" if is_folder else "Photos of cards"
    sides = "front, back, front, back …" if is_two_sided else "one or several cards a photo"
    note = (
        "What else lies in the folder stays out, and photos come in the order of their names. " if is_folder else ""
    )
    with st.container(key="cards"):
        return st.file_uploader(
            f"{whole}: {sides}",
            type=EXTENSIONS,
            accept_multiple_files="directory" if is_folder else True,
            key=f"{'folder' if is_folder else 'cards'}_{event_id}_{_batch()}",
            help=f"JPEG, PNG, WebP or HEIC. {note}They are read as soon as they are here.",
        )


def pictures_of(photos: Sequence[UploadedFile]) -> list[UploadedFile]:
    """Return a folder's photos in the order in which a person counts their names: IMG_9 before IMG_10.

    What is hidden stays out: systems leave such files beside photos, under the photos' own names, without a picture.
    """
    shown = [photo for photo in photos if not any(part.startswith(".") for part in PurePosixPath(photo.name).parts)]
    return sorted(shown, key=lambda photo: _in_order(photo.name))


def _in_order(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdecimal() else (0, part.lower()) for part in NUMBER.split(name)]


def _capture(event_id: int, card: Card) -> int:
    """Return the id of the contact that the card becomes. Raises what `capture_photo` raises."""
    try:
        with taking(card) as (front, *back):
            return capture_photo(event_id, *front, *back)
    except AlreadyThere as error:
        raise AlreadyThere(str(error) if len(card) > 1 else error.message, "") from error


def _photograph(event_id: int, *, is_two_sided: bool) -> None:
    front_id = _front_that_waits(event_id) if is_two_sided else None
    shot = _offer_camera(event_id, front_id)
    if shot is None:
        return
    with error_boundary():
        if front_id is None:
            _capture_shot(event_id, shot, awaits_back=is_two_sided)
        else:
            _capture_back(event_id, front_id, shot)
        _next_batch()
        st.rerun()
    st.button("Try again", icon=":material/refresh:", key="capture_again")


def _offer_camera(event_id: int, front_id: int | None) -> UploadedFile | None:
    label = "Hold the card into the picture" if front_id is None else "Now the back of this card"
    # Only mounted when chosen: the browser asks for the camera as soon as this is on the page.
    shot = st.camera_input(label, key=f"camera_{event_id}_{_batch()}")
    if front_id is not None:
        st.button("It has no back", icon=":material/skip_next:", key="no_back", on_click=_await_back, args=(None,))
    return shot


def _batch() -> int:
    # A new key lets go of the last batch's bytes and empties the widget; photos never pass to another event.
    return int(st.session_state.setdefault("batch", 0))


def _next_batch() -> None:
    st.session_state["batch"] += 1


def _front_that_waits(event_id: int) -> int | None:
    """Return the contact that the camera's last shot became, while it waits for the shot of its back."""
    waiting: tuple[int, int] | None = st.session_state.get("awaits_back")
    return waiting[1] if waiting and waiting[0] == event_id else None


def _await_back(front: tuple[int, int] | None) -> None:
    st.session_state["awaits_back"] = front


def _say_who_reads() -> None:
    """Name the host that the pictures go to; say nothing where they stay on this machine."""
    settings = get_settings()
    if settings.ocr_engine == "vision" and settings.has_model:
        host, model = plain(model_host(settings)), plain(settings.openai_model)
        st.caption(f"Each photo is also sent to {host} (model {model}) to be read.")


def _capture_shot(event_id: int, shot: UploadedFile, *, awaits_back: bool) -> None:
    try:
        contact_id = _capture(event_id, [shot])
    except AlreadyThere as error:
        _say_taken(0, [error.message])
        return
    _await_back((event_id, contact_id) if awaits_back else None)
    _say_taken(1, [])


def _capture_back(event_id: int, front_id: int, shot: UploadedFile) -> None:
    """Capture the back of the card that waits for it; where that is not possible any more, as a card of its own."""
    try:
        with taking([shot]) as (back,):
            add_back(front_id, *back)
    except AlreadyThere as error:
        _say_taken(0, [error.message])
    except (NotFound, NotValid) as error:
        say_next(plain(error.message), icon=":material/info:", duration="long")
        _capture_shot(event_id, shot, awaits_back=False)
    else:
        say_next("Its back is taken in.", icon=":material/check:")
        _await_back(None)


def say_finished(intake: Intake) -> None:
    """Say what came of the photos that were taken in."""
    _say_taken(intake.taken, intake.repeated)
    if intake.left_out:
        say_next(f"{counted(intake.left_out, 'hidden file')} left out.", icon=":material/visibility_off:")


def _say_taken(count: int, repeated: list[str]) -> None:
    if count:
        say_next(f"{count:,} taken in.", icon=":material/check:")
    for message in repeated[:REPEATED_NAMED]:
        say_next(plain(message), icon=":material/content_copy:", duration="long")
    if len(repeated) > REPEATED_NAMED:
        say_next(f"{len(repeated) - REPEATED_NAMED:,} more were here already.", icon=":material/content_copy:")
