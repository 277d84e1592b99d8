"""What a card, its code or its photo's name may say: kept as it was read, and never more than a text."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from sqlalchemy import URL, text

from lib.capture import as_photo_name, capture_photo
from lib.cards.engines.clean import clean_text
from lib.cards.vcard import read_contact
from lib.contacts.contacts import EDITABLE, get_contact
from lib.contacts.events import EventDetails, add_event
from lib.contacts.values import LIMITS
from lib.database import transaction
from lib.jobs.reading import run_reading
from tests.database.test_reading_jobs import reading
from tests.security.corpus import ALL, CORPUS
from tests.security.fields import DAY, is_file_name, visible
from tests.unit.cards.cards import read

READ = ("full_name", "email", "company", "title", "phone", "linkedin_url")


def leads_astray(fields: Mapping[str, str]) -> bool:
    """Whether an address among the fields is another than one of the web, of LinkedIn or of e-mail."""
    site, linkedin, email = (fields.get(name, "") for name in ("website", "linkedin_url", "email"))
    return bool(
        re.match(r"(?i)\W*(javascript|data|file|vbscript):", f"{site}")
        or (linkedin and not re.match(r"(?i)https?://([a-z0-9-]+\.)*linkedin\.com/", linkedin))
        or (email and not re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", email))
    )


@pytest.fixture
def event_id(opened: URL) -> int:
    with transaction() as db:
        return add_event(db, EventDetails(name="Fair", date=DAY))


def test_what_was_read_is_kept_or_left_to_a_person(event_id: int) -> None:
    read_at_all = 0
    for number, said in enumerate(ALL[::6]):
        contact_id = capture_photo(event_id, said, b"photo %d" % number)
        with transaction() as db:
            job_id = int(db.execute(text("select max(id) from ocr_jobs")).scalar_one())
        card = dict.fromkeys(READ, clean_text(said))
        run_reading(job_id, lambda photo, card=card: reading(**card))
        with transaction() as db:
            contact = get_contact(db, contact_id)
            found = text("select photo_name, status from ocr_jobs where id = :id")
            job = db.execute(found, {"id": job_id}).first()
        if job is None or contact is None:
            continue  # taken for the other side of the card before
        name, status = job
        read_at_all += 1
        assert is_file_name(name)
        assert status == "completed", said
        for field in READ:
            kept = getattr(contact, field)
            assert kept is None or (visible(kept) == visible(clean_text(said)) and len(kept) <= LIMITS[field]), field
    assert read_at_all > 20


@pytest.mark.parametrize("kind", CORPUS)
def test_lines_of_a_card_make_no_more_than_fields(kind: str) -> None:
    for said in CORPUS[kind]:
        line = clean_text(said[:400])  # as an engine's text comes
        card = read(("Jane Miller", 1.5), line, "jane.miller@example.com")
        for field in card.fields.values():
            assert "\0" not in field.value
        assert not leads_astray({name: field.value for name, field in card.fields.items()}), said
        assert card.fields.keys() <= {*EDITABLE, "website"}


@pytest.mark.parametrize("kind", CORPUS)
@pytest.mark.parametrize(
    "code",
    [
        "BEGIN:VCARD\nVERSION:3.0\nFN:{}\nORG:{}\nTITLE:{}\nURL:{}\nNOTE:{}\nEND:VCARD",
        "MECARD:N:{};ORG:{};TITLE:{};URL:{};NOTE:{};;",
        "{}{}{}{}{}",
    ],
)
def test_a_code_is_read_and_never_followed(kind: str, code: str) -> None:
    for said in CORPUS[kind]:
        found = read_contact(code.format(*[said[:3_000]] * 5), region="US")
        fields = found.fields if found else {}
        assert not leads_astray(fields), said
        assert not [value for value in fields.values() if "\0" in value or "\n" in value], said


@pytest.mark.parametrize("kind", CORPUS)
def test_a_photos_name_is_a_files_name(kind: str) -> None:
    for said in CORPUS[kind]:
        name = as_photo_name(said)
        assert is_file_name(name), (said, name)
        assert name.lower().endswith((".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif"))
        assert "/" not in name
        assert "\\" not in name
