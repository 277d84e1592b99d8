"""Card images in an S3 bucket: a real server, started from its package."""

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
from tests.hosting.s3 import S3Server, s3_server


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """An S3 server with one bucket."""
    with s3_server(tmp_path_factory.mktemp("s3")) as running:
        yield running


@pytest.fixture
def bucket(s3: S3Server, home: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Settings that keep images in the bucket."""
    for name, value in s3.environment.items():
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
