from pathlib import Path

import pytest

from lib.errors import NotFound, StorageUnavailable
from lib.storage import (
    check_storage,
    delete_images,
    load_image,
    new_export_address,
    new_file,
    open_file,
    save_image,
)

SECRET = "file:///etc/passwd"


def test_an_image_comes_back_as_it_was_given(home: Path) -> None:
    url = save_image(b"photo", event_id=3, photo_name="Fair card.JPG")
    assert url.startswith(f"{home.as_uri()}/images/cards/3/")
    assert url.endswith(".jpg")
    assert load_image(url) == b"photo"


def test_two_photos_of_one_name_are_two_images(home: Path) -> None:
    assert save_image(b"a", event_id=1, photo_name="x.jpg") != save_image(b"b", event_id=1, photo_name="x.jpg")


@pytest.mark.parametrize("name", ["../../x.jpg", "a/b\\c.png", "name.<script>", "no extension", "é.jpg"])
def test_no_file_name_leads_out_of_the_folder(home: Path, name: str) -> None:
    save_image(b"photo", event_id=1, photo_name=name)
    (stored,) = [path for path in home.rglob("*") if path.is_file()]
    assert stored.parent == home / "images" / "cards" / "1"


@pytest.mark.parametrize("url", [SECRET, "file:///x/cards/../../etc/passwd", "https://example.com/a.jpg", ""])
def test_an_address_that_is_not_ours_is_never_opened(home: Path, url: str) -> None:
    with pytest.raises(NotFound):
        load_image(url)


def test_what_is_not_ours_is_never_deleted_and_stops_nothing(home: Path) -> None:
    stranger = home / "cards.jpg"
    stranger.write_text("mine")
    url = save_image(b"photo", event_id=1, photo_name="x.jpg")
    delete_images([stranger.as_uri(), SECRET, url])
    assert stranger.exists()
    with pytest.raises(NotFound):
        load_image(url)


def test_a_deleted_image_is_gone_and_may_be_deleted_again(home: Path) -> None:
    url = save_image(b"photo", event_id=1, photo_name="x.jpg")
    delete_images([url, url])
    with pytest.raises(NotFound, match="again"):
        load_image(url)


def test_images_are_found_after_their_folder_moved(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = save_image(b"photo", event_id=1, photo_name="x.jpg")
    moved = home / "moved"
    (home / "images").rename(moved)
    monkeypatch.setenv("STORAGE_URL", moved.as_uri())
    from lib.settings import get_settings

    get_settings.cache_clear()
    assert load_image(url) == b"photo"


def test_a_store_that_cannot_be_written_says_so(home: Path) -> None:
    (home / "images").write_text("a file where the folder should be")
    with pytest.raises(StorageUnavailable, match="disk"):
        save_image(b"photo", event_id=1, photo_name="x.jpg")


def test_a_working_store_passes_its_check_and_stays_empty(home: Path) -> None:
    check_storage()
    assert [path for path in home.rglob("*") if path.is_file()] == []


def test_a_file_is_there_once_it_is_whole(home: Path) -> None:
    url = new_export_address("csv")
    with new_file(url) as file:
        file.write(b"email")
        with pytest.raises(NotFound):
            open_file(url, home)
    path = open_file(url, home)
    assert path.parent == home / "images" / "exports"
    assert path.read_bytes() == b"email"


def test_a_file_that_came_to_nothing_leaves_nothing(home: Path) -> None:
    def fail() -> None:
        with new_file(new_export_address("csv")) as file:
            file.write(b"email")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert [path for path in home.rglob("*") if path.is_file()] == []


def test_a_file_that_finds_no_folder_says_so(home: Path) -> None:
    (home / "images").write_text("a file where the folder should be")
    with pytest.raises(StorageUnavailable, match="disk"), new_file(new_export_address("csv")):
        pass
