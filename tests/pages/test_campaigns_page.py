"""The page as a person uses it, from a group to the file; the worker's part is called by hand."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from lib.database import transaction
from lib.outreach.campaigns import list_campaigns
from lib.outreach.drafts import list_drafts
from lib.outreach.generation import Stop, _stop, begin_generation, generate_drafts
from lib.outreach.templates import STARTERS, list_templates
from lib.settings import get_settings
from tests.outreach_data import add_campaign_for, add_group_of, add_person, add_two

Show = Callable[[str], AppTest]
PAGE = "pages/4_Campaigns.py"
NEW_CAMPAIGN = "from lib.ui.campaigns import campaign_dialog\ncampaign_dialog()"
DELETE_CAMPAIGN = """
from lib.database import transaction
from lib.outreach.campaigns import list_campaigns
from lib.ui.campaigns import delete_dialog
with transaction() as db:
    campaigns = list_campaigns(db)
if campaigns:
    delete_dialog(campaigns[0])
"""


def show_templates(show: Show) -> AppTest:
    at = show(PAGE)
    return at.segmented_control(key="view").set_value("Templates").run()


def add_ready_campaign() -> int:
    """Return the id of a campaign with two drafts fit to send and one held back."""
    with transaction() as db:
        zoe = add_person(db, "Zoe Sample", "zoe@example.com", company=None)
        campaign_id = add_campaign_for(db, [*add_two(db), zoe, add_person(db, "No Address")])
        begin_generation(db, campaign_id)
    generate_drafts(campaign_id, get_settings())
    return campaign_id


def texts(at: AppTest) -> str:
    shown = [*at.text, *at.caption, *at.markdown, *at.subheader, *at.error, *at.warning]
    return "\n".join(str(element.value) for element in shown)


def metrics(at: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in at.metric}


def test_without_a_group_the_page_leads_to_groups(show: Show) -> None:
    assert "No group yet" in texts(show(PAGE))


def test_without_a_template_the_page_leads_to_templates(show: Show) -> None:
    with transaction() as db:
        add_group_of(db, add_two(db))
    assert "No template yet" in texts(show(PAGE))


def test_starter_templates_are_one_click_away(show: Show) -> None:
    at = show_templates(show)
    at.button(key="empty_state").click().run()
    assert at.selectbox(key="template").options == [starter.name for starter in STARTERS]


def test_a_campaign_is_made_from_a_group_and_a_template(show_dialog: Show) -> None:
    with transaction() as db:
        add_campaign_for(db, add_two(db))
    at = show_dialog(NEW_CAMPAIGN)
    at.text_input(key="campaign_name").input("Second letter")
    at.button(key="add_campaign").click().run()
    with transaction() as db:
        assert [campaign.name for campaign in list_campaigns(db)] == ["Second letter", "After the fair"]


def test_without_group_or_template_the_dialog_says_what_is_missing(show_dialog: Show) -> None:
    at = show_dialog("from lib.ui.campaigns import campaign_dialog\ncampaign_dialog()")
    assert "needs a group and a template" in texts(at)
    assert not at.exception


def test_a_campaign_without_a_name_is_refused_in_words(show_dialog: Show) -> None:
    with transaction() as db:
        add_campaign_for(db, add_two(db))
    at = show_dialog(NEW_CAMPAIGN)
    at.button(key="add_campaign").click().run()
    assert "The campaign has no name" in texts(at)


def test_the_page_counts_recipients_and_those_left_out(show: Show) -> None:
    add_ready_campaign()
    at = show(PAGE)
    assert metrics(at) == {"Recipients": "3", "Left out": "1", "Drafts": "3", "Exports": "0"}
    assert "No model is set" in texts(at)


def test_generating_queues_the_writing_and_shows_how_far_it_is(show: Show) -> None:
    with transaction() as db:
        campaign_id = add_campaign_for(db, add_two(db))
    at = show(PAGE)
    at.button(key="generate").click().run()
    assert not at.exception
    generate_drafts(campaign_id, get_settings())
    at.run()
    assert metrics(at)["Drafts"] == "2"


def test_why_the_writing_stopped_is_on_the_page(show: Show) -> None:
    with transaction() as db:
        campaign_id = add_campaign_for(db, add_two(db))
        begin_generation(db, campaign_id)
    _stop(campaign_id, Stop("The host is busy.", "Wait a little."))
    at = show(PAGE)
    assert "The host is busy" in texts(at)
    assert at.button(key="generate").label == "Generate 2 drafts"


def test_a_draft_is_edited_on_the_page(show: Show) -> None:
    campaign_id = add_ready_campaign()
    at = show(PAGE)
    with transaction() as db:
        draft = list_drafts(db, campaign_id)[0]
    at.text_input(key=f"draft_subject_{draft.id}").input("My own words")
    at.button(key="save_draft").click().run()
    with transaction() as db:
        after = list_drafts(db, campaign_id)[0]
    assert (after.subject, after.is_edited) == ("My own words", True)


@pytest.mark.parametrize(("include", "rows"), [(False, 2), (True, 3)])
def test_the_download_has_what_is_not_held_back_unless_told_otherwise(show: Show, include: bool, rows: int) -> None:
    campaign_id = add_ready_campaign()
    at = show(PAGE)
    assert "1 held back" in texts(at)
    at.checkbox(key=f"include_{campaign_id}").set_value(include).run()
    assert f"{rows} of 3 drafts" in texts(at)
    assert not at.get("download_button")[0].proto.disabled


def test_a_templates_problems_are_named_while_it_is_written(show: Show) -> None:
    with transaction() as db:
        add_campaign_for(db, add_two(db))
        template = list_templates(db)[0]
    at = show_templates(show)
    at.text_area(key=f"template_body_{template.id}").input("Hi {{frstName}}").run()
    assert "Body, line 1, character 4: unknown variable" in texts(at).replace("\\", "")
    at.button(key="save_template").click().run()
    with transaction() as db:
        assert list_templates(db)[0].body == template.body


def test_a_template_is_saved_and_previewed_with_a_real_contact(show: Show) -> None:
    with transaction() as db:
        add_campaign_for(db, add_two(db))
        template = list_templates(db)[0]
    at = show_templates(show)
    at.text_area(key=f"template_body_{template.id}").input("Dear {{fullName}}").run()
    assert "Dear Ben Sample" in texts(at)
    at.button(key="save_template").click().run()
    with transaction() as db:
        assert list_templates(db)[0].body == "Dear {{fullName}}"


def test_a_campaign_is_deleted_when_that_is_confirmed(show_dialog: Show) -> None:
    add_ready_campaign()
    at = show_dialog(DELETE_CAMPAIGN)
    at.button(key="confirm_delete_campaign").click().run()
    with transaction() as db:
        assert list_campaigns(db) == []
