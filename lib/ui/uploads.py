"""Uploads on disk instead of in memory: a thousand photos dropped at once cost the app the memory of a few.

Streamlit keeps what was uploaded in memory until the session ends, and hands files to the page only once the last
of them is here. So each upload's content is put into a spool on its way, and Streamlit gets a placeholder under the
same name; `taking` gives the content back.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from lib.errors import AlreadyThere, StorageUnavailable
from lib.settings import get_settings
from lib.ui.spool import Spool

log = logging.getLogger(__name__)

# Of this process alone: no file of anybody's is taken for it.
PLACEHOLDER = secrets.token_hex(16).encode()

_spool: Spool | None = None


@asynccontextmanager
async def spooling(_: st.App) -> AsyncIterator[None]:
    """Have a spool while the app runs. Where there can be none, uploads stay in memory, as Streamlit has them."""
    global _spool
    try:
        _spool = Spool(get_settings().meishi_home / "uploads")
    except OSError as error:
        log.warning("uploads are kept in memory: %s", error)
    try:
        yield
    finally:
        spool, _spool = _spool, None
        if spool:
            spool.close()


def get_spool() -> Spool | None:
    """Return where uploads go, None where Streamlit keeps them in memory."""
    return _spool


def take_bytes(photo: UploadedFile) -> bytes:
    """Return what was uploaded. Raises StorageUnavailable where it cannot be read any more.

    Outside `spooling` (`streamlit run Home.py`, tests of pages) Streamlit has it.
    """
    content = photo.getvalue()
    if content != PLACEHOLDER:
        return content
    spool = _spool
    try:
        spooled = spool.get(photo.file_id) if spool else None
    except OSError:
        spooled = None
    if spooled is None:
        raise StorageUnavailable(f"{photo.name} is not here any more.", "Drop it once more.")
    return spooled


@contextmanager
def taking(photos: Sequence[UploadedFile]) -> Iterator[list[tuple[str, bytes]]]:
    """Give each photo's name and bytes. Once they are taken in, now or before, they are let go of.

    After any other error they are still there to be tried again.
    """
    try:
        yield [(photo.name, take_bytes(photo)) for photo in photos]
    except AlreadyThere:
        _let_go(photos)
        raise
    _let_go(photos)


def _let_go(photos: Sequence[UploadedFile]) -> None:
    spool = _spool
    if spool:
        for photo in photos:
            spool.let_go(photo.file_id)
