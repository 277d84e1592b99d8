"""Card images in an S3 bucket: a real server, started from its package."""

import re
import time
import urllib.error
import urllib.request
from email.message import Message
from pathlib import Path

import pytest

from lib.errors import NotFound, StorageUnavailable
from lib.settings import get_settings
from lib.storage import (
    KEY,
    check_storage,
    delete_images,
    load_image,
    new_export_address,
    new_file,
    open_file,
    put_images,
    save_image,
    signed_url,
)
from lib.storage.store import AT_ONCE
from tests.hosting.s3 import Faulty, S3Server

PAGE = b"<html><script>document.title = 'taken over'</script></html>"


def fetch(address: str | None, method: str = "GET") -> tuple[int, Message, bytes]:
    """Return status, headers and body of what somebody gets who has only the address."""
    assert address is not None
    try:
        with urllib.request.urlopen(urllib.request.Request(address, method=method), timeout=10) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.headers, refused.read()


def within(bucket: pytest.MonkeyPatch, storage: str) -> None:
    bucket.setenv("STORAGE_URL", storage)
    get_settings.cache_clear()


def test_an_image_comes_back_as_it_was_given(bucket: pytest.MonkeyPatch) -> None:
    url = save_image(b"photo", event_id=3, photo_name="card.jpg")
    assert url.startswith("s3://cards/cards/3/")
    assert load_image(url) == b"photo"


@pytest.mark.parametrize("other", ["more", "still-more"])
def test_there_is_room_for_more_than_one_bucket(bucket: pytest.MonkeyPatch, other: str) -> None:
    """The server's own log takes the room of one, a minute after its start: whoever reads for so long can store."""
    within(bucket, f"s3://{other}")
    assert load_image(save_image(b"photo", event_id=3, photo_name="card.jpg")) == b"photo"


def test_a_deleted_image_is_gone_and_may_be_deleted_again(bucket: pytest.MonkeyPatch) -> None:
    url = save_image(b"photo", event_id=1, photo_name="card.jpg")
    delete_images([url, url])
    with pytest.raises(NotFound):
        load_image(url)


def test_many_images_are_deleted_by_one_request(proxy: Faulty) -> None:
    urls = [save_image(b"photo", event_id=1, photo_name="card.jpg") for _ in range(10)]
    proxy.forget()
    delete_images(urls)
    assert proxy.count() == 1
    for url in urls:
        with pytest.raises(NotFound):
            load_image(url)


def test_a_folder_within_the_bucket_holds_them_too(bucket: pytest.MonkeyPatch) -> None:
    within(bucket, "s3://cards/meishi")
    url = save_image(b"photo", event_id=1, photo_name="card.jpg")
    assert url.startswith("s3://cards/meishi/cards/1/")
    assert load_image(url) == b"photo"


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


def test_a_photo_is_one_request_to_store_and_one_to_show(proxy: Faulty) -> None:
    url = save_image(b"photo", event_id=1, photo_name="card.jpg")
    load_image(url)
    assert [request.method for request in proxy.requests] == ["PUT", "GET"]


def test_the_photos_of_several_cards_are_stored_a_few_at_a_time(proxy: Faulty, s3: S3Server) -> None:
    proxy.delay_s = 0.2
    put_images([(f"s3://cards/cards/7/{number:032x}.jpg", b"photo") for number in range(8)])
    assert 1 < proxy.most_at_once() <= AT_ONCE
    assert {key for key in s3.stored() if key.startswith("cards/7/")} == {f"cards/7/{n:032x}.jpg" for n in range(8)}


# Signed addresses


def test_a_signed_address_shows_the_photo_to_a_browser(bucket: pytest.MonkeyPatch) -> None:
    status, headers, body = fetch(signed_url(save_image(b"photo", event_id=1, photo_name="card.jpg")))
    assert (status, body) == (200, b"photo")
    assert headers["Content-Type"] == "image/jpeg"
    assert headers["Content-Disposition"] == "inline"
    assert headers["Cache-Control"] == "private, no-store"


def test_a_signed_address_is_made_without_asking_the_store(proxy: Faulty) -> None:
    proxy.is_down = True
    assert signed_url(f"s3://cards/cards/1/{0:032x}.jpg") is not None
    assert proxy.count() == 0


def test_an_expired_address_is_refused(bucket: pytest.MonkeyPatch) -> None:
    address = signed_url(save_image(b"photo", event_id=1, photo_name="card.jpg"), seconds=1)
    assert fetch(address)[0] == 200
    time.sleep(2.1)
    status, _, body = fetch(address)
    assert status == 403
    assert b"expired" in body


def test_an_address_for_one_photo_opens_nothing_else(bucket: pytest.MonkeyPatch) -> None:
    mine, other = (save_image(b"photo", event_id=1, photo_name="card.jpg") for _ in range(2))
    address = signed_url(mine) or ""
    assert fetch(address.replace(mine[-36:], other[-36:]))[0] == 403


@pytest.mark.parametrize(
    ("given", "changed"),
    [
        (r"Expires=300", "Expires=86400"),
        (r"Signature=.{8}", "Signature=00000000"),
        (r"Credential=made-up", "Credential=made-up-reader"),
        (r"$", "&response-content-type=text/html"),
        (r"\?.*", ""),
    ],
    ids=["longer", "signature", "key", "type", "unsigned"],
)
def test_a_changed_address_is_refused(bucket: pytest.MonkeyPatch, given: str, changed: str) -> None:
    address = signed_url(save_image(b"photo", event_id=1, photo_name="card.jpg")) or ""
    forged = re.sub(given, changed, address, count=1)
    assert forged != address
    assert fetch(forged)[0] == 403


def test_an_address_for_looking_neither_changes_nor_deletes(bucket: pytest.MonkeyPatch) -> None:
    url = save_image(b"photo", event_id=1, photo_name="card.jpg")
    assert {fetch(signed_url(url), method)[0] for method in ("PUT", "DELETE")} == {403}
    assert load_image(url) == b"photo"


def test_an_address_signed_with_another_secret_is_refused(bucket: pytest.MonkeyPatch) -> None:
    url = save_image(b"photo", event_id=1, photo_name="card.jpg")
    bucket.setenv("AWS_SECRET_ACCESS_KEY", "guessed")
    get_settings.cache_clear()
    assert fetch(signed_url(url))[0] == 403


@pytest.mark.parametrize("name", ["card.jpg", "card.html", "card.svg", "card", "card.xhtml"])
def test_a_page_given_as_a_photo_is_not_given_out_as_a_page(bucket: pytest.MonkeyPatch, name: str) -> None:
    _, headers, body = fetch(signed_url(save_image(PAGE, event_id=1, photo_name=name)))
    assert body == PAGE
    known = (headers["Content-Type"], headers["Content-Disposition"])
    assert known in {("image/jpeg", "inline"), ("application/octet-stream", "attachment")}


def test_an_exported_file_is_given_out_to_be_saved(bucket: pytest.MonkeyPatch) -> None:
    url = new_export_address("csv")
    with new_file(url) as file:
        file.write(PAGE)
    assert fetch(signed_url(url))[1]["Content-Disposition"] == "attachment"


# Names and addresses that somebody tampered with


@pytest.mark.parametrize(
    "name",
    [
        "../../secret.jpg",
        "..%2f..%2fsecret.jpg",
        "%2e%2e/%2e%2e/secret.jpg",
        "a\0b.jpg",
        "a\r\nb.jpg",
        "名刺.jpg",
        "x" * 5000 + ".jpg",
        "card.jpg/../../secret",
        "card.jp/g",
        "...",
        "",
    ],
    ids=range(11),
)
def test_no_file_name_leads_out_of_our_place_in_the_bucket(
    bucket: pytest.MonkeyPatch, s3: S3Server, name: str
) -> None:
    within(bucket, "s3://cards/ours")
    before = s3.stored()
    url = save_image(b"photo", event_id=1, photo_name=name)
    (key,) = s3.stored() - before
    assert re.fullmatch(r"ours/cards/1/[0-9a-f]{32}\.[a-z0-9]{1,5}", key)
    assert load_image(url) == b"photo"


@pytest.mark.parametrize("where", ["s3://strangers/{}", "s3://cards/theirs/{}", "https://example.com/{}?x={}", "/{}"])
def test_an_address_that_names_another_place_is_looked_for_in_ours_alone(
    bucket: pytest.MonkeyPatch, proxy: Faulty, where: str
) -> None:
    within(bucket, "s3://cards/theirs")
    key = KEY.search(save_image(b"theirs", event_id=1, photo_name="card.jpg"))
    assert key is not None
    within(bucket, "s3://cards/ours")
    proxy.forget()
    url = where.format(key.group(), key.group())
    with pytest.raises(NotFound):
        load_image(url)
    delete_images([url])
    assert {request.path.split("?")[0] for request in proxy.requests} == {f"/cards/ours/{key.group()}", "/cards"}
    within(bucket, "s3://cards/theirs")
    assert load_image(f"s3://cards/theirs/{key.group()}") == b"theirs"


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "s3://cards/../secret",
        f"s3://cards/cards/1/../{0:032x}.jpg",
        f"s3://cards/cards/%2e%2e/{0:032x}.jpg",
        f"s3://cards/cards/１/{0:032x}.jpg",
        f"s3://cards/cards/1/{0:032x}.jpg\n",
        "",
    ],
)
def test_an_address_that_is_none_of_ours_is_not_asked_for(proxy: Faulty, url: str) -> None:
    with pytest.raises(NotFound):
        load_image(url)
    with pytest.raises(NotFound):
        signed_url(url)
    delete_images([url])
    assert proxy.count() == 0


# The check


def test_a_working_bucket_passes_its_check_and_stays_as_it_was(bucket: pytest.MonkeyPatch, s3: S3Server) -> None:
    before = s3.stored()
    check_storage()
    assert s3.stored() == before


@pytest.mark.parametrize(("method", "what"), [("PUT", "written to"), ("GET", "read"), ("POST", "cleaned")])
def test_the_check_says_which_step_is_refused(proxy: Faulty, method: str, what: str) -> None:
    proxy.status, proxy.methods = 403, frozenset({method})
    with pytest.raises(StorageUnavailable, match=f"cannot be {what}.*no right") as refused:
        check_storage()
    assert "STORAGE_URL" in refused.value.remedy


def test_a_check_that_fails_half_way_leaves_nothing_behind(proxy: Faulty, s3: S3Server) -> None:
    before = s3.stored()
    proxy.status, proxy.methods = 403, frozenset({"GET"})
    with pytest.raises(StorageUnavailable):
        check_storage()
    assert s3.stored() == before


def test_a_store_that_gives_back_something_else_fails_its_check(
    bucket: pytest.MonkeyPatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lib.storage.load_image", lambda url: b"something else")
    with pytest.raises(StorageUnavailable, match="something else"):
        check_storage()
