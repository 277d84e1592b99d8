import pytest
from sqlalchemy import Connection

from lib.contacts.contacts import ContactFilter, get_contact, list_contacts
from lib.contacts.groups import (
    add_group,
    add_matching,
    add_members,
    delete_group,
    list_groups,
    list_members,
    remove_members,
    update_group,
)
from lib.errors import NotFound, NotValid
from tests.database.test_contacts import activities, add_contact


def test_a_group_counts_its_people_and_those_with_an_email(db: Connection) -> None:
    group_id = add_group(db, "Leads", "from the fair")
    add_members(db, group_id, [add_contact(db, email="jane@example.com"), add_contact(db)])
    (group,) = list_groups(db)
    assert (group.name, group.contact_count, group.email_count) == ("Leads", 2, 1)
    assert activities(db, "lead_group_created")[0].entity_id == group_id


def test_who_is_in_already_does_not_join_twice(db: Connection) -> None:
    group_id, contact_id = add_group(db, "Leads"), add_contact(db)
    assert add_members(db, group_id, [contact_id]) == 1
    assert add_members(db, group_id, [contact_id, contact_id]) == 0
    (activity,) = activities(db, "contacts_added_to_group")
    assert activity.metadata == {"count": 1, "contact_ids": [contact_id]}


def test_an_unread_card_is_nobodys_lead(db: Connection) -> None:
    group_id = add_group(db, "Leads")
    unread = [add_contact(db, "a.jpg", status=status) for status in ("processing", "failed")]
    assert add_members(db, group_id, unread) == 0


def test_all_that_a_search_finds_join_at_once(db: Connection) -> None:
    group_id = add_group(db, "Acme")
    wanted = ContactFilter(statuses=("completed",), search="acme")
    for name in ("Jane Doe", "Sam Roe"):
        add_contact(db, name, company="Acme", status="completed")
    add_contact(db, "Ann Poe", company="Foxglove", status="completed")
    assert add_matching(db, group_id, wanted) == 2
    assert [person.full_name for person in list_members(db, group_id)] == ["Jane Doe", "Sam Roe"]


def test_members_are_not_offered_again(db: Connection) -> None:
    group_id, contact_id = add_group(db, "Leads"), add_contact(db)
    add_members(db, group_id, [contact_id])
    assert list_contacts(db, ContactFilter(outside_group_id=group_id)) == []


def test_who_is_taken_out_stays_a_contact(db: Connection) -> None:
    group_id, contact_id = add_group(db, "Leads"), add_contact(db)
    add_members(db, group_id, [contact_id])
    assert remove_members(db, group_id, [contact_id]) == 1
    assert list_members(db, group_id) == []
    assert get_contact(db, contact_id) is not None
    assert activities(db, "contacts_removed_from_group")[0].metadata["contact_ids"] == [contact_id]


def test_a_deleted_group_leaves_its_people(db: Connection) -> None:
    group_id, contact_id = add_group(db, "Leads"), add_contact(db)
    add_members(db, group_id, [contact_id])
    delete_group(db, group_id)
    assert list_groups(db) == []
    assert get_contact(db, contact_id) is not None


def test_a_group_can_be_renamed(db: Connection) -> None:
    group_id = add_group(db, "Leads")
    update_group(db, group_id, "Partners", None)
    assert [group.name for group in list_groups(db)] == ["Partners"]


def test_a_group_needs_a_name(db: Connection) -> None:
    with pytest.raises(NotValid, match="no name"):
        add_group(db, " ")


def test_a_group_that_is_gone_cannot_be_renamed(db: Connection) -> None:
    with pytest.raises(NotFound):
        update_group(db, 4711, "Partners", None)
