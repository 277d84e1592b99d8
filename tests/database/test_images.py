"""Images and contacts: never one without the other."""

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import URL, text

from lib.capture import capture_photo
from lib.contacts.contacts import delete_contacts
from lib.contacts.events import EventDetails, add_event
from lib.database import transaction
from lib.errors import AlreadyThere, DatabaseUnavailable, StorageUnavailable
from lib.images import hold_images, new_images, note_images, sweep_images
from lib.storage import load_image, new_address, put_image


@pytest.fixture
def event_id(opened: URL) -> int:
    with transaction() as db:
        return add_event(db, EventDetails(name="Fair", date=dt.date(2026, 4, 20)))


def stored(home: Path) -> list[Path]:
    return [path for path in (home / "images").rglob("*") if path.is_file()]


def noted() -> list[str]:
    with transaction() as db:
        return list(db.execute(text("select url from loose_images")).scalars())


def a_minute_passes() -> None:
    with transaction() as db:
        db.execute(text("update loose_images set sweep_from = sweep_from - interval '1 minute'"))


def test_a_captured_photo_is_never_swept(event_id: int, home: Path) -> None:
    capture_photo(event_id, "card.jpg", b"photo")
    a_minute_passes()
    assert (sweep_images(), len(stored(home)), noted()) == (0, 1, [])


def test_an_image_whose_program_was_killed_is_swept_after_a_minute(event_id: int, home: Path) -> None:
    url = new_address(event_id=event_id, photo_name="card.jpg")
    note_images([url])
    put_image(url, b"photo")
    assert (sweep_images(), len(stored(home))) == (0, 1)
    a_minute_passes()
    assert (sweep_images(), stored(home), noted()) == (1, [], [])


def test_half_an_image_is_swept_too(event_id: int, home: Path) -> None:
    url = new_address(event_id=event_id, photo_name="card.jpg")
    note_images([url])
    half = home / "images" / "cards" / str(event_id) / f"{url.rsplit('/', 1)[-1]}#1"
    half.parent.mkdir(parents=True)
    half.write_bytes(b"pho")
    a_minute_passes()
    sweep_images()
    assert stored(home) == []


def test_an_image_being_stored_is_not_swept_however_long_it_takes(event_id: int, home: Path) -> None:
    with new_images([("card.jpg", b"photo")], event_id=event_id):
        # From outside: what the other transaction holds cannot be moved either.
        assert sweep_images() == 0
        assert len(stored(home)) == 1


def test_an_image_swept_before_its_transaction_began_is_refused(event_id: int) -> None:
    url = new_address(event_id=event_id, photo_name="card.jpg")
    note_images([url])
    a_minute_passes()
    sweep_images()
    with pytest.raises(StorageUnavailable, match="Try it again"), transaction() as db:
        hold_images(db, [url])


def test_what_no_contact_took_goes_with_the_next_sweep(event_id: int, home: Path) -> None:
    with new_images([("card.jpg", b"photo")], event_id=event_id):
        pass
    assert (sweep_images(), stored(home)) == (1, [])


def test_a_refused_photo_leaves_no_image_behind(event_id: int, home: Path) -> None:
    capture_photo(event_id, "card.jpg", b"photo")
    with pytest.raises(AlreadyThere):
        capture_photo(event_id, "again.jpg", b"photo")
    assert (len(stored(home)), noted()) == (1, [])


def test_an_image_is_kept_whose_contact_was_committed_unheard(event_id: int, home: Path) -> None:
    # The database went away between committing and saying so.
    with pytest.raises(DatabaseUnavailable), new_images([("card.jpg", b"photo")], event_id=event_id) as (db, urls):
        raise DatabaseUnavailable("The database does not answer.", "Check it.")
    with transaction() as db:
        insert = text("insert into contacts (event_id, full_name, business_card_url) values (:e, 'card.jpg', :url)")
        db.execute(insert, {"e": event_id, "url": urls[0]})
        db.execute(text("insert into loose_images (url, sweep_from) values (:url, localtimestamp)"), {"url": urls[0]})
    assert (sweep_images(), load_image(urls[0]), noted()) == (0, b"photo", [])


def test_a_deleted_contacts_image_stays_noted_while_the_store_refuses(
    event_id: int, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusing_store(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    contact_id = capture_photo(event_id, "card.jpg", b"photo")
    with transaction() as db:
        delete_contacts(db, [contact_id])
    with monkeypatch.context() as refusing:
        refusing.setattr("lib.storage.files.Folder.delete", refusing_store)
        with pytest.raises(StorageUnavailable, match="tried again"):
            sweep_images()
    assert len(noted()) == 1
    assert (sweep_images(), stored(home), noted()) == (1, [], [])


def test_a_replaced_image_is_swept_and_its_successor_stays(event_id: int, home: Path) -> None:
    contact_id = capture_photo(event_id, "card.jpg", b"photo")
    with new_images([("card.jpg", b"crop")], event_id=event_id) as (db, urls):
        change = text("update contacts set business_card_url = :url where id = :id")
        db.execute(change, {"url": urls[0], "id": contact_id})
    assert sweep_images() == 1
    assert load_image(urls[0]) == b"crop"


def test_two_sweeps_at_once_do_not_wait_for_each_other(event_id: int, home: Path) -> None:
    contact_id = capture_photo(event_id, "card.jpg", b"photo")
    with transaction() as db:
        delete_contacts(db, [contact_id])
    with transaction() as db:
        db.execute(text("select url from loose_images for update")).all()
        assert sweep_images() == 0
    assert sweep_images() == 1
