"""Card images in an S3 bucket: a real server, started from its package."""

import json
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.errors import NotFound, StorageUnavailable
from lib.settings import get_settings
from lib.storage import (
    check_storage,
    delete_images,
    load_image,
    new_export_address,
    new_file,
    open_file,
    save_image,
)
from tests.browser.conftest import free_port

KEYS = {"AWS_ACCESS_KEY_ID": "made-up", "AWS_SECRET_ACCESS_KEY": "made-up-secret"}
WEED = shutil.which("weed", path=Path(sys.executable).parent)
pytestmark = pytest.mark.skipif(WEED is None, reason="SeaweedFS has no package for this platform")


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an S3 server with one bucket, `cards`."""
    folder = tmp_path_factory.mktemp("s3")
    credentials = {"accessKey": KEYS["AWS_ACCESS_KEY_ID"], "secretKey": KEYS["AWS_SECRET_ACCESS_KEY"]}
    identity = {"name": "tests", "credentials": [credentials], "actions": ["Admin", "Read", "Write", "List"]}
    (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
    ports = {name: free_port() for name in ("master", "volume", "filer", "s3")}
    command = [WEED, "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-s3",
               f"-s3.config={folder / 's3.json'}", "-master.volumeSizeLimitMB=64", "-volume.max=4", "-s3.port.iceberg=0", "-s3.port.lance=0",
               "-master.telemetry=false",
               *(f"-{name}.port={port}" for name, port in ports.items()),
               *(f"-{name}.port.grpc={free_port()}" for name in ports)]  # fmt: skip
    with (folder / "weed.log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{ports['s3']}"
    try:
        wait_until_healthy(address)
        yield address
    finally:
        server.kill()  # it takes a minute to say goodbye
        server.wait()


def wait_until_healthy(address: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=2).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail("the S3 server did not start")


@pytest.fixture
def bucket(endpoint: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Settings that keep images in the bucket; the server makes it at the first write."""
    for name, value in {**KEYS, "STORAGE_URL": "s3://cards", "AWS_ENDPOINT_URL": endpoint}.items():
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    return monkeypatch


def test_an_image_comes_back_as_it_was_given(bucket: pytest.MonkeyPatch) -> None:
    url = save_image(b"photo", event_id=3, photo_name="card.jpg")
    assert url.startswith("s3://cards/cards/3/")
    assert load_image(url) == b"photo"


def test_a_deleted_image_is_gone_and_may_be_deleted_again(bucket: pytest.MonkeyPatch) -> None:
    url = save_image(b"photo", event_id=1, photo_name="card.jpg")
    delete_images([url, url])
    with pytest.raises(NotFound):
        load_image(url)


def test_a_folder_within_the_bucket_holds_them_too(bucket: pytest.MonkeyPatch) -> None:
    bucket.setenv("STORAGE_URL", "s3://cards/meishi")
    get_settings.cache_clear()
    url = save_image(b"photo", event_id=1, photo_name="card.jpg")
    assert url.startswith("s3://cards/meishi/cards/1/")
    assert load_image(url) == b"photo"


def test_a_working_bucket_passes_its_check(bucket: pytest.MonkeyPatch) -> None:
    check_storage()


def test_wrong_keys_are_said_without_repeating_them(bucket: pytest.MonkeyPatch) -> None:
    bucket.setenv("AWS_SECRET_ACCESS_KEY", "guessed")
    get_settings.cache_clear()
    with pytest.raises(StorageUnavailable, match="keys") as refused:
        save_image(b"photo", event_id=1, photo_name="card.jpg")
    assert "guessed" not in str(refused.value)


def test_a_large_file_goes_in_and_comes_out_in_pieces(bucket: pytest.MonkeyPatch, tmp_path: Path) -> None:
    url, data = new_export_address("csv"), b"email,\r\n" * 2_000_000
    with new_file(url) as file:
        file.write(data)
    path = open_file(url, tmp_path)
    assert path.parent == tmp_path
    assert path.read_bytes() == data
    delete_images([url])
    with pytest.raises(NotFound):
        open_file(url, tmp_path)
    assert list(tmp_path.glob("*.csv")) == [path]
