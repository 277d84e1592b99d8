"""A bucket that refuses, fails, is slow or away: every failure is a real one, and each has its sentence."""

import os
import ssl
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme

from lib.errors import NotFound, StorageUnavailable
from lib.settings import ROOT, get_settings
from lib.storage import (
    delete_images,
    load_image,
    new_export_address,
    new_file,
    open_file,
    put_image,
    save_image,
)
from lib.storage.bucket import PATIENCE
from lib.storage.store import open_store
from tests.hosting.ports import free_port
from tests.hosting.s3 import Faulty, S3Server, faulty

PHOTO = bytes(range(256)) * 4000  # a megabyte
# The longest that a page may wait for a store that takes a request and never answers.
PAGE_WAITS_S = 15


def put() -> str:
    return save_image(b"photo", event_id=1, photo_name="card.jpg")


def get() -> bytes:
    return load_image(f"s3://cards/cards/1/{0:032x}.jpg")


def delete() -> None:
    delete_images([f"s3://cards/cards/1/{0:032x}.jpg"])


def change(bucket: pytest.MonkeyPatch, **settings: str) -> None:
    for name, value in settings.items():
        bucket.setenv(name, value)
    get_settings.cache_clear()


@contextmanager
def refusal(words: str) -> Iterator[None]:
    """Expect StorageUnavailable in these words, and nothing of what the store or the client said, nor of the keys."""
    with pytest.raises(StorageUnavailable, match=words) as refused:
        yield
    shown = "".join(traceback.format_exception(refused.value)).replace(__file__, "")
    for secret in ("made-up", "guessed", "Signature=", "<Code>", "127.0.0.1", "Debug source"):
        assert secret not in shown.split("StorageUnavailable")[-1]
        assert secret not in str(refused.value)
    assert refused.value.remedy
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


# Settings that are wrong


@pytest.mark.parametrize("ask", [put, get, delete])
@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("AWS_SECRET_ACCESS_KEY", "refused the secret key. Check AWS_SECRET_ACCESS_KEY"),
        ("AWS_ACCESS_KEY_ID", "does not know the access key. Check AWS_ACCESS_KEY_ID"),
    ],
)
def test_a_wrong_key_is_named_and_not_repeated(
    bucket: pytest.MonkeyPatch, ask: Callable[[], object], setting: str, words: str
) -> None:
    change(bucket, **{setting: "guessed"})
    with refusal(words):
        ask()


@pytest.mark.parametrize("ask", [put, delete])
def test_keys_that_may_only_read_are_told_what_they_lack(
    bucket: pytest.MonkeyPatch, s3: S3Server, ask: Callable[[], object]
) -> None:
    change(bucket, AWS_ACCESS_KEY_ID=s3.reader_access_key, AWS_SECRET_ACCESS_KEY=s3.reader_secret_key)
    with refusal("no right to this. Let them read, write and delete"):
        ask()


def test_a_missing_bucket_is_said_where_the_store_says_it(bucket: pytest.MonkeyPatch, s3: S3Server) -> None:
    change(
        bucket,
        STORAGE_URL="s3://nowhere",
        AWS_ACCESS_KEY_ID=s3.writer_access_key,
        AWS_SECRET_ACCESS_KEY=s3.writer_secret_key,
    )
    with refusal("The bucket is not there. Make it, or check STORAGE_URL"):
        get()
    with refusal("missing bucket from a forbidden one"):  # this server does not let writers know
        put()


def test_nothing_listens(bucket: pytest.MonkeyPatch) -> None:
    change(bucket, AWS_ENDPOINT_URL=f"http://127.0.0.1:{free_port()}")
    with refusal("Nothing answers at the image store's address. Check AWS_ENDPOINT_URL"):
        put()


def test_a_name_that_nobody_has(bucket: pytest.MonkeyPatch) -> None:
    change(bucket, AWS_ENDPOINT_URL="https://store.invalid")
    with refusal("name is not known. Check AWS_ENDPOINT_URL"):
        put()


def test_tls_asked_of_a_server_without_it(bucket: pytest.MonkeyPatch, s3: S3Server) -> None:
    change(bucket, AWS_ENDPOINT_URL=s3.endpoint.replace("http:", "https:"))
    with refusal("does not speak TLS at its address. Check AWS_ENDPOINT_URL"):
        put()


def test_a_certificate_is_trusted_only_where_its_authority_is(
    bucket: pytest.MonkeyPatch, s3: S3Server, tmp_path: Path
) -> None:
    authority, tls = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    with faulty(s3.endpoint, tls) as proxy:
        change(bucket, AWS_ENDPOINT_URL=proxy.endpoint)
        with refusal("certificate is not trusted"):
            put()
        assert proxy.count() == 0
        change(bucket, SSL_CERT_FILE=str(tmp_path / "ca.pem"), AWS_REGION="eu-central-1")
        assert load_image(put()) == b"photo"


@pytest.mark.parametrize("missing", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
@pytest.mark.parametrize("ask", [put, get, delete])
def test_missing_keys_are_said_before_anybody_is_asked(
    bucket: pytest.MonkeyPatch, missing: str, ask: Callable[[], object]
) -> None:
    bucket.delenv(missing)
    bucket.delenv("AWS_ENDPOINT_URL")
    get_settings.cache_clear()
    # It would ask Amazon for keys, for a minute and more.
    bucket.setattr("lib.storage.bucket.S3Store", lambda *_, **__: pytest.fail("a bucket was opened"))
    with refusal("No keys for the image store are set. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"):
        ask()


def test_what_answers_is_no_s3_server(proxy: Faulty) -> None:
    proxy.status, proxy.body = 200, b"<html>Sign in to this network</html>"
    with refusal("no S3 server. Check AWS_ENDPOINT_URL"):
        put()
    with refusal("no S3 server. Check AWS_ENDPOINT_URL"):
        get()


def test_a_clock_that_is_wrong(s3: S3Server, tmp_path: Path) -> None:
    libfaketime = pytest.importorskip("libfaketime")
    library = Path(libfaketime.__file__).parent / "vendor/libfaketime/src/libfaketime.so.1"
    if not library.exists():
        pytest.skip("libfaketime has no library for this platform")
    script = "from lib.storage import save_image; save_image(b'photo', event_id=1, photo_name='card.jpg')"
    environment = {**os.environ, **s3.environment, "MEISHI_HOME": str(tmp_path)}
    late = {"LD_PRELOAD": str(library), "FAKETIME": "+40m", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    ended = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment | late, capture_output=True, text=True, timeout=60
    )
    assert "This machine's clock and the image store's differ by too much. Have the clock set" in ended.stderr


# A store that fails for a while, or for good


def test_a_store_that_is_overloaded_for_a_moment_is_asked_again(proxy: Faulty) -> None:
    proxy.status, proxy.times = 503, 2
    assert load_image(put()) == b"photo"
    assert [request.status for request in proxy.requests] == [503, 503, 200, 200]


@pytest.mark.parametrize("ask", [put, get, delete])
@pytest.mark.parametrize("status", [500, 503])
def test_a_store_that_stays_overloaded_is_given_up_soon(
    proxy: Faulty, ask: Callable[[], object], status: int
) -> None:
    proxy.status = status
    with refusal("overloaded, or down for a moment. Try it again"):
        ask()
    assert proxy.count() == 4


def test_a_store_without_room(proxy: Faulty) -> None:
    proxy.status, proxy.body = 507, b"<Error><Code>XMinioStorageFull</Code></Error>"
    with refusal("no room left. Make room"):
        put()


def test_a_photo_larger_than_the_bucket_takes(proxy: Faulty) -> None:
    proxy.status, proxy.body = 413, b'{"statusCode":"413","error":"Payload too large"}'
    with refusal("takes no file of this size. Raise the limit"):
        put()


def test_a_bucket_of_another_region(proxy: Faulty) -> None:
    proxy.status, proxy.body = 400, b"<Error><Code>AuthorizationHeaderMalformed</Code></Error>"
    with refusal("in another region. Set AWS_REGION"):
        put()


def test_a_failure_that_nobody_knows_is_not_repeated_either(proxy: Faulty) -> None:
    proxy.status, proxy.body = 418, b"<Error><Code>Teapot</Code><Message>made-up-secret</Message></Error>"
    with refusal(r"could not be written \(GenericError\)"):
        put()


def test_a_slow_store_is_waited_for(proxy: Faulty) -> None:
    proxy.delay_s = 1
    assert load_image(put()) == b"photo"


def test_a_page_does_not_wait_for_a_store_that_never_answers(proxy: Faulty) -> None:
    proxy.is_stalled, began = True, time.monotonic()
    with refusal("did not answer in time. Try it again"):
        get()
    assert time.monotonic() - began < PAGE_WAITS_S


def test_storing_ends_at_its_limit_too(proxy: Faulty, monkeypatch: pytest.MonkeyPatch) -> None:
    limits, retries, _ = PATIENCE["keep"]
    monkeypatch.setitem(PATIENCE, "keep", ({**limits, "timeout": "1s"}, retries, 1))
    open_store.cache_clear()
    proxy.is_stalled, began = True, time.monotonic()
    with refusal("did not answer in time. Try it again"):
        put()
    assert time.monotonic() - began < 5
    open_store.cache_clear()


# Connections that break off half-way


def test_a_photo_cut_on_its_way_here_is_fetched_whole(proxy: Faulty) -> None:
    url = save_image(PHOTO, event_id=1, photo_name="card.jpg")
    proxy.cut_answer_after, proxy.times = 100_000, 1
    assert load_image(url) == PHOTO


def test_a_photo_that_is_always_cut_is_refused(proxy: Faulty) -> None:
    url = save_image(PHOTO, event_id=1, photo_name="card.jpg")
    proxy.cut_answer_after = 0
    with refusal("broke off"):
        load_image(url)


def test_a_photo_cut_on_its_way_there_is_stored_whole(proxy: Faulty) -> None:
    proxy.cut_request_after, proxy.times = 100_000, 1
    assert load_image(save_image(PHOTO, event_id=1, photo_name="card.jpg")) == PHOTO


def test_a_photo_that_is_always_cut_is_not_stored(proxy: Faulty, s3: S3Server) -> None:
    before = s3.stored()
    proxy.cut_request_after = 100_000
    with refusal("broke off"):
        save_image(PHOTO, event_id=1, photo_name="card.jpg")
    assert s3.stored() == before


def test_a_connection_that_closes_as_it_opens(proxy: Faulty) -> None:
    proxy.is_down = True
    with refusal("broke off"):
        put()


def test_an_export_that_is_cut_is_fetched_whole_or_refused(proxy: Faulty, tmp_path: Path) -> None:
    url = new_export_address("csv")
    with new_file(url) as file:
        file.write(PHOTO)
    proxy.cut_answer_after, proxy.times = 100_000, 1
    assert open_file(url, tmp_path).read_bytes() == PHOTO
    proxy.cut_answer_after, proxy.times = 0, None
    whole = list(tmp_path.glob("*.csv"))
    with refusal("broke off"):
        open_file(url, tmp_path)
    assert list(tmp_path.glob("*.csv")) == whole


def test_an_export_that_could_not_be_stored_is_not_there(proxy: Faulty, tmp_path: Path) -> None:
    url = new_export_address("csv")
    proxy.status = 503
    with refusal("overloaded"), new_file(url) as file:
        file.write(PHOTO * 8)
    proxy.heal()
    with pytest.raises(NotFound):
        open_file(url, tmp_path)


def test_what_one_deletion_of_many_is_refused_is_said(bucket: pytest.MonkeyPatch, s3: S3Server) -> None:
    url = put()
    change(bucket, AWS_ACCESS_KEY_ID=s3.reader_access_key, AWS_SECRET_ACCESS_KEY=s3.reader_secret_key)
    with refusal("still to be deleted. The keys have no right to this. .*It is tried again every minute"):
        delete_images([url, f"s3://cards/cards/1/{0:032x}.jpg"])
    assert load_image(url) == b"photo"


def test_a_photo_is_stored_again_under_its_address(proxy: Faulty) -> None:
    url = put()
    put_image(url, b"photo")
    assert load_image(url) == b"photo"
