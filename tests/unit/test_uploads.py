"""Uploads through the middleware to Streamlit's own routes, without a browser."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import streamlit as st
from anyio.from_thread import start_blocking_portal
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient
from streamlit.proto.Common_pb2 import FileURLs
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFile, UploadedFileRec
from streamlit.web.server.starlette import starlette_routes

from lib.errors import AlreadyThere, StorageUnavailable
from lib.settings import ROOT, get_settings
from lib.ui import upload_middleware
from lib.ui.upload_middleware import SpooledUploads
from lib.ui.uploads import PLACEHOLDER, get_spool, spooling, take_bytes, taking

PATH = "/_stcore/upload_file/session/id"
PHOTO = b"\xff\xd8 a photo" * 300_000  # 3 MB: more than the form's parser keeps in memory
ODD_NAMES = [
    "Zoë 名刺.jpg",
    "a %22quote%22.jpg",
    "two%0D%0Alines.jpg",
    "../../etc/passwd",
    "C:\\cards\\1.jpg",
    "'; .png",
]


RUNTIME = SimpleNamespace(is_active_session=lambda session_id: session_id == "session")


class Routes:
    """Streamlit's upload routes behind the middleware, or without it."""

    def __init__(self, *middleware: Middleware) -> None:
        self.manager = MemoryUploadedFileManager("/_stcore/upload_file")
        routes: list = starlette_routes.create_upload_routes(RUNTIME, self.manager, "")
        self.client = TestClient(Starlette(routes=routes, middleware=middleware))

    def put(self, content: bytes = PHOTO, *, name: str = "card.jpg", path: str = PATH, field: str = "file") -> int:
        return self.client.put(path, files={field: (name, content, "image/jpeg")}).status_code

    def send(self, body: bytes, **headers: str) -> int:
        headers = {"content-type": "multipart/form-data; boundary=edge", **headers}
        return self.client.put(PATH, content=body, headers=headers).status_code

    @property
    def record(self) -> UploadedFileRec:
        (record,) = self.manager.get_files("session", ["id"])
        return record

    @property
    def uploaded(self) -> UploadedFile:
        return UploadedFile(self.record, FileURLs())


@pytest.fixture(autouse=True)
def no_xsrf(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starlette_routes, "is_xsrf_enabled", lambda: False)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The spool's place, while uploads are spooled as in a running app."""
    monkeypatch.setenv("MEISHI_HOME", str(tmp_path))
    get_settings.cache_clear()
    monkeypatch.setattr(upload_middleware.runtime, "get_instance", lambda: RUNTIME)
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(spooling(st.App(ROOT / "Home.py"))):
        yield tmp_path / "uploads"
    get_settings.cache_clear()
    assert list((tmp_path / "uploads").iterdir()) == []


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit of one megabyte."""
    options = {"server.maxUploadSize": 1}
    monkeypatch.setattr(starlette_routes.config, "get_option", lambda name: options.get(name, ""))
    monkeypatch.setattr(upload_middleware.st, "get_option", options.__getitem__)


@pytest.fixture
def routes(folder: Path) -> Routes:
    return Routes(Middleware(SpooledUploads))


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_streamlit_holds_a_placeholder_and_the_page_gets_the_photo(routes: Routes, folder: Path) -> None:
    assert routes.put() == 204
    assert routes.record.data == PLACEHOLDER
    assert take_bytes(routes.uploaded) == PHOTO


def test_a_photo_taken_in_is_let_go_of(routes: Routes, folder: Path) -> None:
    routes.put()
    with taking([routes.uploaded]) as photos:
        assert photos == [("card.jpg", PHOTO)]
    assert files(folder) == []


def test_a_photo_that_was_there_already_is_let_go_of(routes: Routes, folder: Path) -> None:
    routes.put()
    with pytest.raises(AlreadyThere), taking([routes.uploaded]):
        raise AlreadyThere("It is the same photo.")
    assert files(folder) == []


def test_a_photo_that_could_not_be_taken_in_is_there_to_be_tried_again(routes: Routes) -> None:
    routes.put()
    with pytest.raises(StorageUnavailable, match="full"), taking([routes.uploaded]):
        raise StorageUnavailable("The disk is full.")
    with taking([routes.uploaded]) as photos:
        assert photos == [("card.jpg", PHOTO)]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_names_are_as_streamlit_would_have_them(routes: Routes, name: str) -> None:
    without = Routes()
    body = f'--edge\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\nphoto\r\n--edge--\r\n'
    assert routes.send(body.encode()) == without.send(body.encode()) == 204
    assert routes.record._replace(data=b"") == without.record._replace(data=b"")
    assert take_bytes(routes.uploaded) == without.record.data == b"photo"


def test_a_name_is_whole(routes: Routes) -> None:
    routes.put(name="Zoë 名刺.jpg")
    assert (routes.record.name, routes.record.type) == ("Zoë 名刺.jpg", "image/jpeg")


def test_what_streamlit_deletes_is_gone(routes: Routes, folder: Path) -> None:
    routes.put()
    assert routes.client.delete(PATH).status_code == 204
    assert files(folder) == []


def test_what_is_too_large_is_refused_by_its_length(routes: Routes, folder: Path, small: None) -> None:
    assert routes.put() == 413
    assert files(folder) == []


def test_what_is_too_large_is_refused_while_it_comes(routes: Routes, folder: Path, small: None) -> None:
    request = routes.client.build_request("PUT", PATH, files={"file": ("card.jpg", PHOTO)})
    headers = {"content-type": request.headers["content-type"]}
    assert routes.client.put(PATH, content=iter([request.read()]), headers=headers).status_code == 413
    assert files(folder) == []


def test_a_photo_sent_in_chunks_is_taken(routes: Routes) -> None:
    request = routes.client.build_request("PUT", PATH, files={"file": ("card.jpg", PHOTO)})
    headers = {"content-type": request.headers["content-type"]}
    assert routes.client.put(PATH, content=iter([request.read()]), headers=headers).status_code == 204
    assert take_bytes(routes.uploaded) == PHOTO


def test_a_stranger_fills_no_disk(routes: Routes, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_middleware, "_spool_body", None)  # not even for a moment
    assert routes.put(path="/_stcore/upload_file/stranger/id") == 400
    assert files(folder) == []


def test_what_streamlit_refuses_leaves_nothing(routes: Routes, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starlette_routes, "is_xsrf_enabled", lambda: True)
    assert routes.put() == 403
    assert files(folder) == []


@pytest.mark.parametrize(
    "body", [b"", b"no form", b"--edge\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--edge--"]
)
def test_a_form_without_a_file_is_refused(routes: Routes, folder: Path, body: bytes) -> None:
    assert routes.send(body) == 400
    assert files(folder) == []


def test_two_files_in_one_form_are_refused(routes: Routes, folder: Path) -> None:
    both = {"one": ("1.jpg", PHOTO), "two": ("2.jpg", PHOTO)}
    assert routes.client.put(PATH, files=both).status_code == 400
    assert files(folder) == []


def test_a_full_disk_is_said(routes: Routes, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("lib.ui.spool.shutil.copyfileobj", full)
    assert routes.put() == 507
    assert files(folder) == []


def test_a_photo_that_is_gone_is_said_and_no_placeholder_taken_in(routes: Routes) -> None:
    routes.put()
    with taking([routes.uploaded]):
        pass
    with pytest.raises(StorageUnavailable, match=r"card\.jpg is not here any more"):
        take_bytes(routes.uploaded)


def test_without_a_spool_streamlit_keeps_the_photo() -> None:
    routes = Routes(Middleware(SpooledUploads))
    assert routes.put() == 204
    assert take_bytes(routes.uploaded) == routes.record.data == PHOTO


def test_a_home_that_cannot_be_written_leaves_uploads_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "uploads").write_text("a file where the folder should be")
    monkeypatch.setenv("MEISHI_HOME", str(tmp_path))
    get_settings.cache_clear()

    with start_blocking_portal() as portal, portal.wrap_async_context_manager(spooling(st.App(ROOT / "Home.py"))):
        assert get_spool() is None
    get_settings.cache_clear()
