"""Two contacts of one person made one, and had back as they were."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, text

from lib.capture import capture_photo
from lib.contacts.contacts import Contact, delete_contacts, get_contact, update_contact, verify_contacts
from lib.contacts.duplicates import find, mark_different
from lib.contacts.events import EventDetails, add_event
from lib.contacts.groups import add_group, add_members
from lib.contacts.merging import merge, suggest
from lib.contacts.undo import undo
from lib.database import transaction
from lib.errors import AlreadyThere, NotFound, NotValid
from lib.images import sweep_images
from lib.jobs.splitting import split_contact
from tests.database.test_reading_jobs import row, scalar
from tests.database.test_sides import ids, images, photo_of, read_all
from tests.unit.cards.test_sides import COLLEAGUE, FRONT

AGAIN = (("Jane Miller", 1.6), "Chief Marketing Officer", "+49 176 30112233", "jane.miller@nordhaven.com")
TABLES = ("contacts", "ocr_jobs", "lead_group_contacts", "email_drafts", "different_contacts", "loose_images")


@pytest.fixture
def pair(opened: URL) -> list[int]:
    """Jane's cards of two events, both read."""
    found = []
    for number, card in enumerate((FRONT, AGAIN)):
        with transaction() as db:
            event_id = add_event(db, EventDetails(name=f"Fair {number}", date=dt.date(2026, 4, 20 + number)))
        found.append(capture_photo(event_id, f"IMG_{number}.jpg", photo_of(card)))
    read_all()
    return found


def merged(keep_id: int, other_id: int, **values: str | None) -> int:
    with transaction() as db:
        return merge(db, keep_id, other_id, values)


def undone(undo_id: int) -> None:
    with transaction() as db:
        undo(db, undo_id)


def contact(contact_id: int) -> Contact:
    with transaction() as db:
        found = get_contact(db, contact_id)
    assert found is not None
    return found


def everything() -> dict[str, list[Any]]:
    """All rows of the tables that merging touches."""
    with transaction() as db:
        return {
            table: sorted(db.execute(text(f"select cast(to_jsonb({table}) as text) from {table}")).scalars())
            for table in TABLES
        }


def add_draft(contact_id: int, campaign: str, subject: str) -> None:
    """Draft a message in the campaign of that name, which is made where there is none."""
    about = {"contact_id": contact_id, "campaign": campaign, "subject": subject}
    with transaction() as db:
        if db.execute(text("select id from email_campaigns where name = :campaign"), about).scalar() is None:
            db.execute(text("insert into email_campaigns (name) values (:campaign)"), about)
        db.execute(
            text(
                "insert into email_drafts (campaign_id, contact_id, subject, body) "
                "select id, :contact_id, :subject, 'Dear Jane' from email_campaigns where name = :campaign"
            ),
            about,
        )


def test_the_kept_contact_has_what_was_chosen_and_what_only_the_other_had(pair: list[int], home: Path) -> None:
    keep, other = pair
    event_id = contact(keep).event_id
    merged(keep, other, title="Chief Marketing Officer", email="", company=None)
    after = contact(keep)
    assert (after.title, after.email, after.event_id) == (
        "Chief Marketing Officer",
        "jane.miller@nordhaven.com",
        event_id,
    )
    assert after.company is not None
    assert (ids(), images(home)) == ([keep], 2)
    metadata = scalar("select metadata from activity_logs where metadata ? 'merged'")
    assert (metadata["merged"], "title" in metadata["changed"]) == (other, True)


def test_groups_drafts_notes_and_jobs_are_united(pair: list[int]) -> None:
    keep, other = pair
    with transaction() as db:
        for contact_id, notes in ((keep, "Met at the bar."), (other, "Call back.")):
            update_contact(db, contact_id, {"notes": notes}, region="US")
        for name, members in (("Leads", [keep, other]), ("Press", [other])):
            add_members(db, add_group(db, name), members)
    add_draft(keep, "Spring", "Kept")
    add_draft(other, "Spring", "Left")
    add_draft(other, "Summer", "Moved")
    undo_id = merged(keep, other)
    assert contact(keep).notes == "Met at the bar.\nCall back."
    assert scalar(f"select count(*) from lead_group_contacts where contact_id = {keep}") == 2
    assert scalar(
        f"select string_agg(subject, ' ' order by subject) from email_drafts where contact_id = {keep}"
    ) == ("Kept Moved")
    assert scalar(f"select count(*) from ocr_jobs where contact_id = {keep}") == 2
    spring = scalar("select id from email_campaigns where name = 'Spring'")
    left = scalar("select metadata -> 'drafts_left_out_of_campaigns' from activity_logs where metadata ? 'merged'")
    kept = scalar(f"select before ->> 'subject' from undo_rows where undo_id = {undo_id} and before ->> 'body' <> ''")
    assert (left, kept) == ([spring], "Left")


@pytest.mark.parametrize("others", [1, 2], ids=["once", "twice"])
def test_after_undoing_both_are_as_before_with_their_images(pair: list[int], home: Path, others: int) -> None:
    keep, other = pair
    third = capture_photo(contact(keep).event_id or 0, "IMG_2.jpg", photo_of(COLLEAGUE))
    read_all()
    with transaction() as db:
        add_members(db, add_group(db, "Leads"), [other])
        mark_different(db, other, third)
    add_draft(keep, "Spring", "Kept")
    add_draft(other, "Spring", "Left")
    before = everything()
    undo_ids = [merged(keep, other, title="CMO"), *([merged(keep, third)] if others == 2 else [])]
    assert (sweep_images(), images(home)) == (0, 3)
    for undo_id in reversed(undo_ids):
        undone(undo_id)
    assert (sweep_images(), images(home)) == (0, 3)
    assert everything() == before
    with pytest.raises(NotFound):
        undone(undo_ids[0])


def test_the_other_card_is_the_back_or_where_there_is_one_a_further_image(pair: list[int], home: Path) -> None:
    keep, other = pair
    event_id = contact(keep).event_id or 0
    two_sided = capture_photo(event_id, "f.jpg", photo_of(COLLEAGUE), back=("b.jpg", photo_of(None)))
    read_all()
    merged(keep, other)
    assert row("select back_photo_name, back_image_url is not null from contacts order by id limit 1") == (
        "IMG_1.jpg",
        True,
    )
    merged(keep, two_sided)
    assert scalar(f"select cardinality(more_image_urls) from contacts where id = {keep}") == 2
    assert (sweep_images(), images(home)) == (0, 4)
    with transaction() as db:
        db.execute(text("delete from undo_memories"))
        delete_contacts(db, [keep])
    assert (sweep_images(), images(home)) == (4, 0)


def test_images_of_what_can_be_undone_wait(pair: list[int], home: Path) -> None:
    from lib.contacts.many import delete

    keep, other = pair
    third = capture_photo(contact(keep).event_id or 0, "IMG_2.jpg", photo_of(COLLEAGUE))
    read_all()
    merged(keep, other)
    merged(keep, third)
    before = everything()
    with transaction() as db:
        undo_id = delete(db, [keep])
    assert (sweep_images(), images(home)) == (0, 3)
    undone(undo_id)
    assert (everything(), images(home)) == (before, 3)


def test_merged_cards_can_be_taken_apart_like_two_sides(pair: list[int]) -> None:
    keep, other = pair
    title = contact(keep).title
    merged(keep, other)
    with transaction() as db:
        new_id = split_contact(db, keep)
    read_all()
    assert (contact(keep).title, contact(new_id).title) == (title, "Chief Marketing Officer")


def test_the_others_photo_is_still_known_again(pair: list[int]) -> None:
    from tests.database.test_sides import CARDS

    keep, other = pair
    photo = list(CARDS)[-1]
    merged(keep, other)
    with pytest.raises(AlreadyThere):
        capture_photo(contact(keep).event_id or 0, "again.jpg", photo)


@pytest.mark.parametrize("verified", [0, 1])
def test_the_stronger_status_counts_and_its_values_are_proposed(pair: list[int], verified: int) -> None:
    keep, other = pair
    with transaction() as db:
        update_contact(db, pair[verified], {"title": "CMO"}, region="US")
        verify_contacts(db, [pair[verified]])
    values = suggest(contact(keep), contact(other))
    assert values["title"] == "CMO"
    assert values["company"] == (contact(keep).company or contact(other).company)
    merged(keep, other, **values)
    after = contact(keep)
    assert (after.status, after.title, after.reviewed_at is not None) == ("user_verified", "CMO", True)


def test_what_is_typed_is_tidied_or_refused(pair: list[int]) -> None:
    keep, other = pair
    for values in ({"email": "jane@"}, {"phone": "030 901820"}):
        with pytest.raises(NotValid):
            merged(keep, other, **values)
    assert ids() == pair
    merged(keep, other, phone="+49 30 901820")
    assert contact(keep).phone == "+4930901820"


def test_itself_one_being_read_and_one_that_is_gone_are_refused(pair: list[int]) -> None:
    keep, other = pair
    with pytest.raises(NotValid, match="itself"):
        merged(keep, keep)
    with pytest.raises(NotFound):
        merged(keep, 4711)
    unread = capture_photo(contact(keep).event_id or 0, "new.jpg", photo_of(COLLEAGUE))
    with pytest.raises(NotValid, match="being read"):
        merged(keep, unread)
    with pytest.raises(KeyError):
        merged(keep, other, status="failed")


@pytest.mark.parametrize("attempt", range(3))
def test_two_people_at_once_merge_a_pair_once(pair: list[int], attempt: int) -> None:
    def try_merging(order: list[int]) -> str:
        try:
            merged(*order)
        except NotFound:
            return "refused"
        return "merged"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(try_merging, (pair, pair[::-1]))) == ["merged", "refused"]
    assert len(ids()) == 1
    assert scalar("select count(*) from undo_memories") == 1


def test_two_merged_are_no_duplicates_any_more(pair: list[int]) -> None:
    keep, other = pair
    with transaction() as db:
        assert [found.contact_id for found in find(db, keep)] == [other]
    merged(keep, other)
    with transaction() as db:
        assert find(db, keep) == []
