import csv
import hashlib
import io

import pytest
from sqlalchemy import Connection, text

from lib.contacts.groups import delete_group, remove_members
from lib.errors import NotFound, NotValid
from lib.outreach.campaigns import get_campaign, list_recipients
from lib.outreach.drafts import list_drafts, update_draft
from lib.outreach.exports import HEADER, count_exportable, export_campaign, list_held_back
from lib.outreach.generation import begin_generation
from lib.outreach.templates import get_template
from lib.outreach.writer import write_by_merging
from tests.outreach_data import BODY, SUBJECT, add_campaign_for, add_person, add_two, last_activity

INSERT = text(
    "insert into email_drafts (campaign_id, contact_id, subject, body) values (:campaign, :contact, :s, :b)"
)


def add_drafted(db: Connection, contact_ids: list[int], *, subject: str = SUBJECT, body: str = BODY) -> int:
    """Return the id of a campaign whose drafts are ready, all in the test's own transaction."""
    campaign_id = add_campaign_for(db, contact_ids, subject=subject, body=body)
    campaign = get_campaign(db, campaign_id)
    template = get_template(db, campaign.template_id or 0) if campaign else None
    assert template is not None
    for person in list_recipients(db, campaign_id):
        email = write_by_merging(template, person.facts)
        values = {"campaign": campaign_id, "contact": person.contact_id, "s": email.subject, "b": email.body}
        db.execute(INSERT, values)
    db.execute(text("update email_campaigns set status = 'ready' where id = :id"), {"id": campaign_id})
    return campaign_id


def read(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def reasons(db: Connection, campaign_id: int) -> list[str]:
    return [held.reason for held in list_held_back(db, campaign_id)]


def test_the_file_has_a_row_for_each_draft(db: Connection) -> None:
    rows = read(export_campaign(db, add_drafted(db, add_two(db))))
    assert tuple(rows[0]) == HEADER
    assert rows[0]["phone"] == "+4930901820"
    assert rows[1] == {
        "email": "ben@example.com",
        "firstName": "Ben",
        "lastName": "Sample",
        "fullName": "Ben Sample",
        "company": "Sample & Sons, Ltd",
        "title": "",
        "phone": "",
        "linkedinUrl": "",
        "eventName": "Spring Fair",
        "subject": "Sample & Sons, Ltd and us",
        "body": "Hi Ben,\n\nwhat does Sample & Sons, Ltd need?",
    }


def test_an_export_is_recorded_with_the_file(db: Connection) -> None:
    campaign_id = add_drafted(db, add_two(db))
    data = export_campaign(db, campaign_id)
    campaign = get_campaign(db, campaign_id)
    assert campaign is not None
    assert (campaign.status, campaign.export_count) == ("exported", 1)
    assert campaign.exported_at is not None
    assert all(draft.exported_at for draft in list_drafts(db, campaign_id))
    expected = {"rows": 2, "held_back": [], "sha256": hashlib.sha256(data).hexdigest()}
    assert last_activity(db, "email_campaign_exported") == expected


def test_an_unchanged_campaign_gives_the_same_bytes_and_counts_twice(db: Connection) -> None:
    campaign_id = add_drafted(db, add_two(db))
    assert export_campaign(db, campaign_id) == export_campaign(db, campaign_id)
    campaign = get_campaign(db, campaign_id)
    assert campaign is not None
    assert campaign.export_count == 2


def test_a_missing_value_holds_a_draft_back(db: Connection) -> None:
    zoe = add_person(db, "Zoe Sample", "zoe@example.com", company=None)
    campaign_id = add_drafted(db, [*add_two(db), zoe])
    assert reasons(db, campaign_id) == ["No value for [company?] in the text."]
    assert [row["firstName"] for row in read(export_campaign(db, campaign_id))] == ["Ada", "Ben"]
    assert last_activity(db, "email_campaign_exported")["held_back"][0]["contact_id"] == zoe


def test_a_draft_held_back_is_not_marked_exported(db: Connection) -> None:
    zoe = add_person(db, "Zoe Sample", "zoe@example.com", company=None)
    campaign_id = add_drafted(db, [*add_two(db), zoe])
    export_campaign(db, campaign_id)
    assert [draft.contact_id for draft in list_drafts(db, campaign_id) if draft.exported_at is None] == [zoe]


def test_a_corrected_draft_is_not_held_back_any_more(db: Connection) -> None:
    campaign_id = add_drafted(db, [add_person(db, "Zoe Sample", "zoe@example.com", company=None)])
    (held,) = list_held_back(db, campaign_id)
    update_draft(db, held.draft.id, "Hello", "Hi Zoe")
    assert count_exportable(db, campaign_id) == 1


def test_a_formula_holds_a_draft_back_and_is_never_changed(db: Connection) -> None:
    zoe = add_person(db, "Zoe Sample", "zoe@example.com", title="=1+1")
    campaign_id = add_drafted(db, [zoe])
    assert reasons(db, campaign_id) == ["A spreadsheet could take title for a formula."]
    (row,) = read(export_campaign(db, campaign_id, include_held_back=True))
    assert row["title"] == "=1+1"


def test_who_left_the_group_is_held_back(db: Connection) -> None:
    ada, ben = add_two(db)
    campaign_id = add_drafted(db, [ada, ben])
    campaign = get_campaign(db, campaign_id)
    assert campaign is not None
    assert campaign.lead_group_id is not None
    remove_members(db, campaign.lead_group_id, [ada])
    assert reasons(db, campaign_id) == ["Is not in the group any more."]
    delete_group(db, campaign.lead_group_id)
    assert reasons(db, campaign_id) == []


def test_an_address_is_in_the_file_once(db: Connection) -> None:
    ada, ben = add_two(db)
    campaign_id = add_drafted(db, [ada, ben])
    db.execute(text("update contacts set email = 'ADA@example.com' where id = :id"), {"id": ben})
    assert reasons(db, campaign_id) == ["ADA@example.com is in the file already."]


def test_of_two_drafts_to_one_address_the_members_goes_out_whatever_is_included(db: Connection) -> None:
    left, stayed = add_two(db)
    campaign_id = add_drafted(db, [left, stayed])
    db.execute(text("update contacts set email = 'ADA@example.com' where id = :id"), {"id": stayed})
    remove_members(db, db.execute(text("select lead_group_id from email_campaigns")).scalar_one(), [left])
    for include in (False, True):
        rows = read(export_campaign(db, campaign_id, include_held_back=include))
        assert [row["fullName"] for row in rows] == ["Ben Sample"]


def test_a_row_without_an_address_is_never_in_the_file(db: Connection) -> None:
    ada, ben = add_two(db)
    campaign_id = add_drafted(db, [ada, ben])
    db.execute(text("update contacts set email = null where id = :id"), {"id": ben})
    assert len(read(export_campaign(db, campaign_id, include_held_back=True))) == 1


def test_a_campaign_without_drafts_has_nothing_to_export(db: Connection) -> None:
    with pytest.raises(NotValid, match="no draft to export"):
        export_campaign(db, add_campaign_for(db, add_two(db)))


def test_a_campaign_still_being_written_is_not_exported(db: Connection) -> None:
    campaign_id = add_drafted(db, add_two(db))
    begin_generation(db, campaign_id)
    with pytest.raises(NotValid, match="still being written"):
        export_campaign(db, campaign_id)


def test_a_campaign_that_is_gone_cannot_be_exported(db: Connection) -> None:
    with pytest.raises(NotFound):
        export_campaign(db, 4711)
