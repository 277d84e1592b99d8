from collections import Counter

import pytest
from sqlalchemy import Connection, text

from lib.contacts.groups import add_group, add_members, delete_group
from lib.contacts.suppressions import add_suppression
from lib.errors import NotFound, NotValid
from lib.outreach.campaigns import (
    REASONS,
    Counts,
    add_campaign,
    choose_profile,
    count_campaign,
    delete_campaign,
    get_campaign,
    list_campaigns,
    list_people,
    list_recipients,
    list_undrafted,
    update_campaign,
)
from lib.outreach.drafts import approve_drafts, list_drafts, update_draft
from lib.outreach.instructions import Instructions
from lib.outreach.templates import add_template, delete_template
from tests.outreach_data import (
    BODY,
    SUBJECT,
    add_campaign_for,
    add_group_of,
    add_person,
    add_two,
    add_written,
    last_activity,
)


def test_a_campaign_starts_as_a_draft_and_is_logged(db: Connection) -> None:
    campaign = get_campaign(db, add_campaign_for(db, add_two(db)))
    assert campaign is not None
    assert (campaign.status, campaign.export_count, campaign.generation) == ("draft", 0, 0)
    assert (campaign.is_paused, campaign.export_profile, campaign.instructions) == (False, None, Instructions())
    expected = {"name": "After the fair", "lead_group": "Fair leads", "template": "Questions"}
    assert last_activity(db, "email_campaign_created") == expected


def test_the_newest_campaign_comes_first(db: Connection) -> None:
    ids = [add_campaign_for(db, add_two(db)) for _ in range(2)]
    assert [campaign.id for campaign in list_campaigns(db)] == ids[::-1]


def test_a_group_without_contacts_makes_no_campaign(db: Connection) -> None:
    template_id = add_template(db, "Hello", "Hello", "Hi")
    with pytest.raises(NotValid, match="no contacts"):
        add_campaign(db, "Nobody", add_group(db, "Empty"), template_id)


def test_a_template_that_is_gone_makes_no_campaign(db: Connection) -> None:
    with pytest.raises(NotFound):
        add_campaign(db, "After", add_group_of(db, add_two(db)), 4711)


def test_a_campaign_keeps_the_name_of_its_deleted_group(db: Connection) -> None:
    campaign = get_campaign(db, add_campaign_for(db, add_two(db)))
    assert campaign is not None
    assert campaign.lead_group_id is not None
    delete_group(db, campaign.lead_group_id)
    after = get_campaign(db, campaign.id)
    assert after is not None
    assert (after.lead_group_id, after.lead_group_name) == (None, "Fair leads")


def test_recipients_come_by_name_with_their_event(db: Connection) -> None:
    recipients = list_recipients(db, add_campaign_for(db, add_two(db)[::-1]))
    assert [person.full_name for person in recipients] == ["Ada Example", "Ben Sample"]
    assert recipients[0].facts.event_location == "Berlin"


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"status": "pending_review"}, "pending_review"),
        ({"status": "failed"}, "failed"),
        ({"status": "processing"}, "processing"),
        ({"email": None}, "no_email"),
        ({"email": "  "}, "no_email"),
        ({"email": "ADA@example.com"}, "same_address"),
        ({"email": "zoe@gone.example.com"}, "opted_out"),
        ({"email": "Zoe@Gone.Example.com", "status": "pending_review"}, "opted_out"),
    ],
)
def test_who_cannot_be_written_to_is_left_out_with_the_reason(
    db: Connection, columns: dict[str, str], reason: str
) -> None:
    add_suppression(db, "zoe@gone.example.com")
    values = {"email": "zoe@example.com", **columns}
    campaign_id = add_campaign_for(db, [*add_two(db), add_person(db, "Zoe Sample", **values)])
    (person,) = [person for person in list_people(db, campaign_id) if person.left_out]
    assert (person.full_name, person.reason) == ("Zoe Sample", REASONS[reason])
    assert len(list_recipients(db, campaign_id)) == 2


def test_of_one_address_the_verified_contact_is_written_to(db: Connection) -> None:
    ids = [
        add_person(db, "Ada E.", "ada@example.com"),
        add_person(db, "Ada Example", "Ada@Example.com", status="user_verified"),
    ]
    (recipient,) = list_recipients(db, add_campaign_for(db, ids))
    assert recipient.full_name == "Ada Example"


def test_an_unverified_contact_does_not_push_out_a_sure_one(db: Connection) -> None:
    waiting = add_person(db, "Ada E.", "ada@example.com", status="pending_review")
    campaign_id = add_campaign_for(db, [waiting, add_person(db, "Ada Example", "ada@example.com")])
    assert [person.full_name for person in list_recipients(db, campaign_id)] == ["Ada Example"]


def test_a_deleted_campaign_is_gone(db: Connection) -> None:
    campaign_id = add_campaign_for(db, add_two(db))
    delete_campaign(db, campaign_id)
    assert get_campaign(db, campaign_id) is None


def test_a_campaign_keeps_the_words_of_its_deleted_template(db: Connection) -> None:
    campaign = get_campaign(db, add_campaign_for(db, add_two(db)))
    assert campaign is not None
    assert campaign.template_id is not None
    delete_template(db, campaign.template_id)
    after = get_campaign(db, campaign.id)
    assert after is not None
    assert (after.template_id, after.template_name) == (None, "Questions")
    assert (after.template_subject, after.template_body) == (SUBJECT, BODY)


def test_a_campaign_can_be_renamed_told_more_and_given_another_template(db: Connection) -> None:
    campaign_id = add_campaign_for(db, add_two(db))
    told = Instructions(tone="warm", length="shorter", goal="A call next week", language="German")
    update_campaign(
        db, campaign_id, name="Second", instructions=told, template_id=add_template(db, "Other", "Hello", "Hi")
    )
    after = get_campaign(db, campaign_id)
    assert after is not None
    assert (after.name, after.instructions) == ("Second", told)
    assert (after.template_name, after.template_subject, after.template_body) == ("Other", "Hello", "Hi")


def test_a_change_without_another_template_keeps_the_words(db: Connection) -> None:
    campaign_id = add_campaign_for(db, add_two(db))
    update_campaign(db, campaign_id, name="Second", instructions=Instructions())
    after = get_campaign(db, campaign_id)
    assert after is not None
    assert (after.template_name, after.template_body) == ("Questions", BODY)


def test_a_campaign_being_written_is_not_changed(db: Connection) -> None:
    campaign_id = add_campaign_for(db, add_two(db))
    db.execute(text("update email_campaigns set status = 'generating' where id = :id"), {"id": campaign_id})
    with pytest.raises(NotValid, match="being written"):
        update_campaign(db, campaign_id, name="Second", instructions=Instructions())


def test_a_campaign_that_is_gone_cannot_be_changed(db: Connection) -> None:
    with pytest.raises(NotFound):
        update_campaign(db, 4711, name="Second", instructions=Instructions())


def test_a_campaign_remembers_the_chosen_file(db: Connection) -> None:
    campaign_id = add_campaign_for(db, add_two(db))
    choose_profile(db, campaign_id, "gmail")
    campaign = get_campaign(db, campaign_id)
    assert campaign is not None
    assert campaign.export_profile == "gmail"


def test_the_numbers_of_a_campaign_say_what_is_done_and_what_is_not(db: Connection) -> None:
    campaign_id = add_written(db, [*add_two(db), add_person(db, "Zoe Sample", "zoe@example.com")])
    group_id = db.execute(text("select lead_group_id from email_campaigns where id = :id"), {"id": campaign_id})
    late = [add_person(db, "Late Sample", "late@example.com"), add_person(db, "No Address")]
    add_members(db, group_id.scalar_one(), late)
    first, second, _ = list_drafts(db, campaign_id)
    update_draft(db, first.id, "Mine", "All mine")
    approve_drafts(db, [second.id])
    db.execute(text("update email_drafts set exported_at = now() where id = :id"), {"id": second.id})
    assert count_campaign(db, campaign_id) == Counts(
        recipients=4, without_draft=1, left_out={"no_email": 1}, drafts=3, approved=1, edited=1, exported=1
    )
    assert list_undrafted(db, campaign_id) == late[:1]


def test_the_numbers_are_those_of_the_list(db: Connection) -> None:
    add_suppression(db, "example.org")
    statuses = ["completed", "user_verified", "pending_review", "failed", "processing"]
    ids = [
        add_person(db, f"Person {n}", email, status=status)
        for n, status in enumerate(statuses)
        for email in (None, "same@example.com", "SAME@example.com", f"p{n}@example.com", f"p{n}@example.org")
    ]
    campaign_id = add_campaign_for(db, ids)
    people = list_people(db, campaign_id)
    counts = count_campaign(db, campaign_id)
    assert counts.recipients == sum(person.left_out is None for person in people)
    assert counts.left_out == Counter(person.left_out for person in people if person.left_out)


def test_who_is_left_out_comes_page_by_page(db: Connection) -> None:
    campaign_id = add_campaign_for(db, [*add_two(db), *(add_person(db, f"No Address {n}") for n in range(3))])
    pages = [list_people(db, campaign_id, is_left_out=True, limit=2, offset=offset) for offset in (0, 2, 4)]
    assert [[person.full_name for person in page] for page in pages] == [
        ["No Address 0", "No Address 1"],
        ["No Address 2"],
        [],
    ]
