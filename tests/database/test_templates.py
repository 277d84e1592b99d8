import pytest
from sqlalchemy import Connection

from lib.errors import NotFound, NotValid
from lib.outreach.campaigns import get_campaign
from lib.outreach.templates import (
    STARTERS,
    add_starters,
    add_template,
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


def test_previews_are_people_whose_card_is_read(db: Connection) -> None:
    ada, _ = add_two(db)
    add_person(db, "IMG_1.jpg", status="processing")
    facts = dict(list_previews(db))[ada]
    assert (facts.full_name, facts.event_name, facts.event_location) == ("Ada Example", "Spring Fair", "Berlin")
    assert len(list_previews(db)) == 2
