import pytest
from sqlalchemy import Connection, text

from lib.errors import NotFound, NotValid
from lib.outreach.campaigns import get_campaign
from lib.outreach.templates import (
    STARTERS,
    add_starters,
    add_template,
    copy_template,
    count_previews,
    count_uses,
    delete_template,
    get_template,
    list_previews,
    list_templates,
    update_template,
)
from tests.outreach_data import add_campaign_for, add_person, add_two


def test_a_template_is_kept_tidied_with_its_variables(db: Connection) -> None:
    template = get_template(db, add_template(db, " Hello ", "To\n{{company}}", "Hi {{firstName|there}}\r\n"))
    assert template is not None
    assert (template.name, template.subject, template.body) == ("Hello", "To {{company}}", "Hi {{firstName|there}}")
    assert template.variables == ["firstName", "company"]


def test_a_template_that_cannot_be_merged_is_refused_with_the_place(db: Connection) -> None:
    with pytest.raises(NotValid, match=r"body:1:4: unknown variable \{\{frstName\}\}; did you mean"):
        add_template(db, "Hello", "Hello", "Hi {{frstName}}")


@pytest.mark.parametrize(("name", "subject", "body"), [("", "s", "b"), ("n", " ", "b"), ("n", "s", "\n")])
def test_a_template_without_one_of_its_texts_is_refused(db: Connection, name: str, subject: str, body: str) -> None:
    with pytest.raises(NotValid, match="has no"):
        add_template(db, name, subject, body)


def test_a_change_finds_the_variables_again(db: Connection) -> None:
    template_id = add_template(db, "Hello", "Hello", "Hi {{firstName}}")
    update_template(db, template_id, "Hello", "Hello", "Dear {{fullName}}")
    template = get_template(db, template_id)
    assert template is not None
    assert template.variables == ["fullName"]


def test_a_template_that_is_gone_cannot_be_changed(db: Connection) -> None:
    with pytest.raises(NotFound):
        update_template(db, 4711, "Hello", "Hello", "Hi")


def test_the_starters_come_in_their_order(db: Connection) -> None:
    add_starters(db)
    assert [template.name for template in list_templates(db)] == [starter.name for starter in STARTERS]


def test_a_campaign_keeps_the_name_of_its_deleted_template(db: Connection) -> None:
    campaign = get_campaign(db, add_campaign_for(db, add_two(db)))
    assert campaign is not None
    assert campaign.template_id is not None
    delete_template(db, campaign.template_id)
    after = get_campaign(db, campaign.id)
    assert after is not None
    assert (after.template_id, after.template_name) == (None, "Questions")
    assert (after.template_subject, after.template_body) == (campaign.template_subject, campaign.template_body)


def test_starters_that_are_there_come_no_second_time(db: Connection) -> None:
    add_starters(db)
    delete_template(db, list_templates(db)[0].id)
    assert len(add_starters(db)) == 1
    assert len(list_templates(db)) == len(STARTERS)


def test_a_copy_has_the_same_words_and_a_name_of_its_own(db: Connection) -> None:
    template_id = add_template(db, "Hello", "To {{company}}", "Hi {{firstName|there}}")
    copy = get_template(db, copy_template(db, template_id))
    assert copy is not None
    assert (copy.name, copy.subject, copy.body) == ("Copy of Hello", "To {{company}}", "Hi {{firstName|there}}")
    assert copy.variables == ["firstName", "company"]


def test_the_longest_name_can_be_copied(db: Connection) -> None:
    copy = get_template(db, copy_template(db, add_template(db, "x" * 255, "Hello", "Hi")))
    assert copy is not None
    assert copy.name.startswith("Copy of x")


def test_a_template_that_is_gone_cannot_be_copied(db: Connection) -> None:
    with pytest.raises(NotFound):
        copy_template(db, 4711)


def test_what_was_made_from_a_template_is_counted(db: Connection) -> None:
    ada, ben = add_two(db)
    campaign = get_campaign(db, add_campaign_for(db, [ada, ben]))
    assert campaign is not None
    insert = (
        "insert into email_drafts (campaign_id, contact_id, subject, body) values (:campaign, :contact, 's', 'b')"
    )
    for contact_id in (ada, ben):
        db.execute(text(insert), {"campaign": campaign.id, "contact": contact_id})
    assert campaign.template_id is not None
    uses = count_uses(db, campaign.template_id)
    assert (uses.campaigns, uses.drafts) == (1, 2)
    uses = count_uses(db, add_template(db, "Unused", "s", "b"))
    assert (uses.campaigns, uses.drafts) == (0, 0)


def test_previews_are_people_whose_card_is_read(db: Connection) -> None:
    ada, _ = add_two(db)
    add_person(db, "IMG_1.jpg", status="processing")
    facts = dict(list_previews(db))[ada]
    assert (facts.full_name, facts.event_name, facts.event_location) == ("Ada Example", "Spring Fair", "Berlin")
    assert len(list_previews(db)) == 2


def test_previews_are_found_by_what_is_typed(db: Connection) -> None:
    _, ben = add_two(db)
    assert [id for id, _ in list_previews(db, search=" sample & ")] == [ben]
    assert list_previews(db, search="100%") == []
    assert (count_previews(db, most=1), count_previews(db, most=10)) == (1, 2)


def test_previews_know_all_that_a_template_can_say(db: Connection) -> None:
    add_person(db, "Ada Example")
    db.execute(text("update contacts set linkedin_url = 'linkedin.com/in/ada'"))
    [(_, facts)] = list_previews(db)
    assert facts.linkedin_url == "linkedin.com/in/ada"
