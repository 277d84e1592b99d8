from pathlib import Path

import pytest

from lib import storage
from lib.errors import NotFound, SettingsError, StorageUnavailable
from lib.settings import get_settings
from lib.storage import (
    check_storage,
    delete_images,
    load_image,
    new_address,
    new_export_address,
    new_file,
    open_file,
    save_image,
    signed_url,
)
from lib.storage.bucket import explain

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
    get_settings.cache_clear()
    assert load_image(url) == b"photo"


def test_a_store_that_cannot_be_written_says_so(home: Path) -> None:
    (home / "images").write_text("a file where the folder should be")
    with pytest.raises(StorageUnavailable, match="disk"):
        save_image(b"photo", event_id=1, photo_name="x.jpg")


def test_a_working_store_passes_its_check_and_stays_empty(home: Path) -> None:
    check_storage()
    assert [path for path in home.rglob("*") if path.is_file()] == []


def test_other_accounts_do_not_come_into_the_folder(home: Path) -> None:
    save_image(b"photo", event_id=1, photo_name="x.jpg")
    assert (home / "images").stat().st_mode & 0o777 == 0o700


def test_the_last_image_takes_its_folder_along_and_no_other(home: Path) -> None:
    urls = [save_image(b"photo", event_id=event_id, photo_name="x.jpg") for event_id in (1, 2)]
    delete_images(urls[:1])
    assert [path.name for path in (home / "images" / "cards").iterdir()] == ["2"]
    delete_images(urls)
    assert list((home / "images").iterdir()) == []


def test_a_folder_that_goes_before_its_first_image_came_is_made_again(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = Path.open

    def taken_away(path: Path, *arguments: object) -> object:
        monkeypatch.setattr(Path, "open", begin)
        path.parent.rmdir()
        return begin(path, *arguments)

    monkeypatch.setattr(Path, "open", taken_away)
    assert load_image(save_image(b"photo", event_id=1, photo_name="x.jpg")) == b"photo"


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


# A bucket, as far as it goes without one

URL = f"s3://cards/cards/1/{0:032x}.jpg"


def set_bucket(monkeypatch: pytest.MonkeyPatch, storage: str, endpoint: str = "") -> None:
    keys = {"AWS_ACCESS_KEY_ID": "made-up", "AWS_SECRET_ACCESS_KEY": "made-up-secret", "AWS_SESSION_TOKEN": ""}
    place = {"STORAGE_URL": storage, "AWS_ENDPOINT_URL": endpoint, "AWS_REGION": "eu-central-1"}
    for name, value in (keys | place).items():
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()


@pytest.mark.parametrize(
    ("storage", "endpoint", "address"),
    [
        ("s3://cards", "", "https://cards.s3.eu-central-1.amazonaws.com/cards/1/"),
        ("s3://cards.example.com", "", "https://s3.eu-central-1.amazonaws.com/cards.example.com/cards/1/"),
        (
            "s3://cards/fair",
            "https://ref.supabase.co/storage/v1/s3",
            "https://ref.supabase.co/storage/v1/s3/cards/fair/cards/1/",
        ),
        ("s3://cards", "https://minio.example.com:9000/", "https://minio.example.com:9000/cards/cards/1/"),
        ("s3://cards/a/b/", "http://localhost:9000", "http://localhost:9000/cards/a/b/cards/1/"),
    ],
    ids=["amazon", "dots", "supabase", "own", "local"],
)
def test_a_bucket_is_found_where_its_service_has_it(
    home: Path, monkeypatch: pytest.MonkeyPatch, storage: str, endpoint: str, address: str
) -> None:
    set_bucket(monkeypatch, storage, endpoint)
    assert (signed_url(URL) or "").startswith(address)


def test_there_is_no_signed_address_for_a_folder(home: Path) -> None:
    assert signed_url(save_image(b"photo", event_id=1, photo_name="x.jpg")) is None


def test_no_signed_address_goes_over_a_network_in_the_clear(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_bucket(monkeypatch, "s3://cards", "http://store:9000")
    assert signed_url(URL) is None


@pytest.mark.parametrize("role", ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_WEB_IDENTITY_TOKEN_FILE"])
def test_a_machine_with_a_role_needs_no_keys(home: Path, monkeypatch: pytest.MonkeyPatch, role: str) -> None:
    set_bucket(monkeypatch, "s3://cards")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    get_settings.cache_clear()
    with pytest.raises(StorageUnavailable, match="No keys"):
        storage._store("look")
    monkeypatch.setenv(role, "/v2/credentials/made-up")
    storage._store("look")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AWS_ENDPOINT_URL", "store.example.com"),
        ("AWS_ENDPOINT_URL", "ftp://store.example.com"),
        ("AWS_ENDPOINT_URL", "https:///"),
        ("AWS_ENDPOINT_URL", "https://made-up:secret@store.example.com"),
        ("AWS_ENDPOINT_URL", "https://store.example.com?x=1"),
        ("STORAGE_URL", "s3://cards/../others"),
        ("STORAGE_URL", "s3://cards?x=1"),
        ("STORAGE_URL", "s3://made-up:secret@cards"),
        ("STORAGE_URL", "s3://cards//fair"),
    ],
)
def test_an_address_that_is_no_stores_is_refused_by_name(
    home: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    set_bucket(monkeypatch, "s3://cards")
    monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    with pytest.raises(SettingsError, match=f"{name} cannot be used. Give") as refused:
        get_settings()
    assert value not in str(refused.value)


def test_a_port_that_is_none_is_said(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_bucket(monkeypatch, "s3://cards", "https://store.example.com:99999")
    with pytest.raises(StorageUnavailable, match="AWS_ENDPOINT_URL"):
        load_image(URL)


@pytest.mark.parametrize(
    ("name", "extension"),
    [("a.JPG", "jpg"), ("a.heic", "heic"), ("a", "jpg"), ("a.html", "bin"), ("a.svg", "bin"), ("a.jp g", "bin")],
)
def test_an_address_ends_as_a_picture_or_as_nothing_known(home: Path, name: str, extension: str) -> None:
    assert new_address(event_id=1, photo_name=name).endswith(f".{extension}")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("403 <Code>ExpiredToken</Code>", "have run out"),
        ("403 <Code>RequestTimeTooSkewed</Code>", "clock"),
        ("DeleteObjects request failed (code: AccessDenied)", "no right"),
        ("returned non-2xx status code: 401 Unauthorized: ", "no right"),
        ("returned non-2xx status code: 502 Bad Gateway: <html>", "overloaded"),
        ("PUT http://169.254.169.254/latest/api/token HTTP error", "No keys"),
        ("inner: BareRedirect", "another region"),
        ('kind: Connect, kind: NetworkUnreachable, message: "Network is unreachable"', "cannot be reached"),
        ("what nobody has ever seen: made-up-secret", "could not be read"),
    ],
)
def test_what_a_store_says_is_told_in_words(said: str, meant: str) -> None:
    error = explain("read", ValueError(said))
    assert meant in error.message
    assert error.remedy
    assert "made-up-secret" not in str(error)
