import pytest
from sqlalchemy import Connection

from lib.contacts.groups import add_group, delete_group
from lib.errors import NotFound, NotValid
from lib.outreach.campaigns import (
    REASONS,
    add_campaign,
    delete_campaign,
    get_campaign,
    list_campaigns,
    list_people,
    list_recipients,
)
from lib.outreach.templates import add_template
from tests.outreach_data import add_campaign_for, add_group_of, add_person, add_two, last_activity


def test_a_campaign_starts_as_a_draft_and_is_logged(db: Connection) -> None:
    campaign = get_campaign(db, add_campaign_for(db, add_two(db)))
    assert campaign is not None
    assert (campaign.status, campaign.draft_count, campaign.export_count) == ("draft", 0, 0)
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
    ],
)
def test_who_cannot_be_written_to_is_left_out_with_the_reason(
    db: Connection, columns: dict[str, str], reason: str
) -> None:
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
