"""The page as a person uses it, from a group to the file; the worker's part is called by hand."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from lib.activity import log_activity
from lib.contacts.groups import add_group, add_members
from lib.contacts.suppressions import add_suppression
from lib.database import transaction
from lib.outreach.campaigns import get_campaign, list_campaigns
from lib.outreach.drafts import Draft, approve_drafts, list_drafts, update_draft
from lib.outreach.exports import export_campaign
from lib.outreach.generation import begin_generation, generate_drafts, pause_generation
from lib.outreach.instructions import Instructions
from lib.settings import get_settings
from lib.ui.campaigns import large
from lib.ui.campaigns.acting import editor_keys
from tests.outreach_data import add_campaign_for, add_group_of, add_person, add_two, add_written

Show = Callable[[str], AppTest]
PAGE = "pages/4_Campaigns.py"
DIALOG = """
from lib.database import transaction
from lib.outreach.campaigns import list_campaigns
from lib.ui.campaigns.dialogs import campaign_dialog, delete_dialog
with transaction() as db:
    campaigns = list_campaigns(db)
"""
NEW_CAMPAIGN = f"{DIALOG}\ncampaign_dialog()"
EDIT_CAMPAIGN = f"{DIALOG}\ncampaign_dialog(campaigns[0])"
ASKED = """
from lib.ui.campaigns.dialogs import open_dialog
from lib.ui.review.state import ask_later
ask_later("edit", campaigns[0].id + 1)
open_dialog()
"""
DELETE_CAMPAIGN = f"{DIALOG}\nif campaigns:\n    delete_dialog(campaigns[0])"


def add_ready_campaign() -> int:
    """Return the id of a campaign with two drafts fit to send and one with a value missing."""
    with transaction() as db:
        ids = [*add_two(db), add_person(db, "Zoe Sample", "zoe@example.com", company=None)]
        campaign_id = add_campaign_for(db, [*ids, add_person(db, "No Address")])
        begin_generation(db, campaign_id)
    generate_drafts(campaign_id, get_settings())
    return campaign_id


def show_exports(show: Show) -> AppTest:
    """Open the campaign's second tab, as one that was chosen before."""
    at = show(PAGE)
    with transaction() as db:
        campaign_id = list_campaigns(db)[0].id
    at.session_state[f"tab_{campaign_id}"] = "Export"
    return at.run()


def drafts_of(campaign_id: int) -> list[Draft]:
    with transaction() as db:
        return list_drafts(db, campaign_id)


def texts(at: AppTest) -> str:
    shown = [*at.text, *at.caption, *at.markdown, *at.subheader, *at.error, *at.warning, *at.info]
    return "\n".join(str(element.value) for element in shown).replace("\\", "")


def metrics(at: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in at.metric}


def keys(at: AppTest) -> set[str | None]:
    return {button.key for button in at.button}


def test_without_a_group_the_page_leads_to_groups(show: Show) -> None:
    assert "No group yet" in texts(show(PAGE))


def test_without_a_template_the_page_leads_to_templates(show: Show) -> None:
    with transaction() as db:
        add_group_of(db, add_two(db))
    assert "No template yet" in texts(show(PAGE))


def test_a_campaign_is_made_from_a_group_a_template_and_wishes(show_dialog: Show) -> None:
    with transaction() as db:
        add_campaign_for(db, add_two(db))
    at = show_dialog(NEW_CAMPAIGN)
    at.text_input(key="campaign_name").input("Second letter")
    at.text_input(key="campaign_tone").input("warm")
    at.text_area(key="campaign_goal").input("A call next week")
    at.button(key="add_campaign").click().run()
    with transaction() as db:
        campaigns = list_campaigns(db)
    assert [campaign.name for campaign in campaigns] == ["Second letter", "After the fair"]
    assert campaigns[0].instructions == Instructions(tone="warm", goal="A call next week")


def test_without_group_or_template_the_dialog_says_what_is_missing(show_dialog: Show) -> None:
    at = show_dialog(NEW_CAMPAIGN)
    assert "needs a group and a template" in texts(at)
    assert not at.exception


def test_a_campaign_without_a_name_is_refused_in_words(show_dialog: Show) -> None:
    with transaction() as db:
        add_campaign_for(db, add_two(db))
    at = show_dialog(NEW_CAMPAIGN)
    at.button(key="add_campaign").click().run()
    assert "The campaign has no name" in texts(at)


def test_a_campaign_is_changed_in_its_dialog(show_dialog: Show) -> None:
    with transaction() as db:
        campaign_id = add_campaign_for(db, add_two(db))
    at = show_dialog(EDIT_CAMPAIGN)
    assert at.text_input(key="campaign_name").value == "After the fair"
    at.text_input(key="campaign_name").input("Renamed")
    at.text_input(key="campaign_language").input("German")
    at.button(key="add_campaign").click().run()
    with transaction() as db:
        campaign = get_campaign(db, campaign_id)
    assert campaign is not None
    assert (campaign.name, campaign.instructions.language, campaign.template_name) == (
        "Renamed",
        "German",
        "Questions",
    )


def test_changing_a_campaign_that_another_window_deleted_opens_no_new_one(show_dialog: Show) -> None:
    with transaction() as db:
        add_campaign_for(db, add_two(db))
    at = show_dialog(f"{DIALOG}\n{ASKED}")
    assert "campaign_name" not in {field.key for field in at.text_input}


def test_a_campaign_is_deleted_when_that_is_confirmed(show_dialog: Show) -> None:
    add_ready_campaign()
    at = show_dialog(DELETE_CAMPAIGN)
    assert "3 drafts" in texts(at)
    at.button(key="confirm_delete_campaign").click().run()
    with transaction() as db:
        assert list_campaigns(db) == []


def test_the_page_counts_recipients_and_says_who_is_left_out(show: Show) -> None:
    add_ready_campaign()
    at = show(PAGE)
    assert metrics(at) == {"Recipients": "3", "Drafts": "3", "Approved": "0", "Exported": "0"}
    assert at.get("popover")[0].proto.popover.label == "1 of the group gets no e-mail"


def test_writing_all_again_says_who_writes_and_replaces_the_drafts(show: Show) -> None:
    campaign_id = add_ready_campaign()
    at = show(PAGE)
    at.session_state["write_again"] = True
    at.run()
    assert "No model is set" in texts(at)
    at.button(key="confirm_write_again").click().run()
    with transaction() as db:
        campaign = get_campaign(db, campaign_id)
    assert campaign is not None
    assert (campaign.status, campaign.generation) == ("generating", 2)


def test_writing_all_again_tells_before_what_it_costs(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    add_ready_campaign()
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("OPENAI_MODEL", "tiny")
    get_settings.cache_clear()
    at = show(PAGE)
    at.session_state["write_again"] = True
    at.run()
    assert re.search(r"About [\d,]+ tokens", texts(at))


def test_why_somebody_gets_no_email_is_told(show: Show) -> None:
    with transaction() as db:
        add_suppression(db, "ben@example.com")
        campaign_id = add_campaign_for(db, [*add_two(db), add_person(db, "No Address")])
    at = show(PAGE)
    at.session_state[f"left_out_{campaign_id}"] = True
    at.run()
    assert list(at.dataframe[0].value["Name"]) == ["Ben Sample", "No Address"]
    assert "Is on the list of opt-outs" in texts(at)


def test_generating_queues_the_writing_and_shows_how_far_it_is(show: Show) -> None:
    with transaction() as db:
        campaign_id = add_campaign_for(db, add_two(db))
    at = show(PAGE)
    assert at.button(key="generate").label == "Generate 2 drafts"
    at.button(key="generate").click().run()
    assert not at.exception
    assert "pause" in keys(at)
    generate_drafts(campaign_id, get_settings())
    at.run()
    assert metrics(at)["Drafts"] == "2"


def test_the_writing_is_paused_and_resumed(show: Show) -> None:
    with transaction() as db:
        campaign_id = add_campaign_for(db, add_two(db))
        begin_generation(db, campaign_id)
    at = show(PAGE)
    at.button(key="pause").click().run()
    with transaction() as db:
        campaign = get_campaign(db, campaign_id)
    assert campaign is not None
    assert (campaign.is_paused, campaign.status) == (True, "draft")
    at.button(key="resume").click().run()
    generate_drafts(campaign_id, get_settings())
    assert len(drafts_of(campaign_id)) == 2


def test_why_the_writing_stopped_is_on_the_page_with_a_way_on(show: Show) -> None:
    stopped = {"message": "The host is busy.", "remedy": "Wait a little."}
    with transaction() as db:
        campaign_id = add_campaign_for(db, add_two(db))
        log_activity(db, "email_drafts_generated", "email_campaign", campaign_id, drafts=0, stopped=stopped)
    at = show(PAGE)
    assert "The host is busy" in texts(at)
    assert "Wait a little" in texts(at)
    at.button(key="resume").click().run()
    generate_drafts(campaign_id, get_settings())
    assert len(drafts_of(campaign_id)) == 2


def test_cancelling_takes_away_what_the_run_wrote(show: Show) -> None:
    with transaction() as db:
        campaign_id = add_campaign_for(db, add_two(db))
        begin_generation(db, campaign_id)
        pause_generation(db, campaign_id)
    at = show(PAGE)
    assert "Takes away what this run has written" in texts(at)
    assert "keep their new text" in texts(at)
    at.button(key="confirm_cancel").click().run()
    assert not at.exception
    assert at.button(key="generate").label == "Generate 2 drafts"


def test_who_joined_later_is_written_to_alone(show: Show) -> None:
    campaign_id = add_ready_campaign()
    with transaction() as db:
        campaign = get_campaign(db, campaign_id)
        assert campaign is not None
        assert campaign.lead_group_id is not None
        late = add_person(db, "Late Sample", "late@example.com")
        add_members(db, campaign.lead_group_id, [late])
    at = show(PAGE)
    assert "1 joined the group later" in texts(at)
    at.button(key="write_late").click().run()
    with transaction() as db:
        scope = text("select generation_contact_ids from email_campaigns where id = :id")
        assert db.execute(scope, {"id": campaign_id}).scalar() == [late]


def test_a_draft_is_edited_on_the_page(show: Show) -> None:
    campaign_id = add_ready_campaign()
    draft = drafts_of(campaign_id)[0]
    at = show(PAGE)
    at.text_input(key=editor_keys(draft)[0]).input("My own words")
    at.button(key="save_draft").click().run()
    after = drafts_of(campaign_id)[0]
    assert (after.subject, after.is_edited, after.approved_at) == ("My own words", True, None)
    assert "~~" in texts(at)


def test_a_draft_that_cannot_be_kept_says_why_and_is_not_approved(show: Show) -> None:
    campaign_id = add_ready_campaign()
    draft = drafts_of(campaign_id)[0]
    at = show(PAGE)
    at.text_area(key=editor_keys(draft)[1]).input("  ")
    at.button(key="approve_next").click().run()
    assert "The draft has no body" in texts(at)
    assert drafts_of(campaign_id)[0].approved_at is None


def test_approving_keeps_what_is_typed_and_goes_on(show: Show) -> None:
    campaign_id = add_ready_campaign()
    first, second, _ = drafts_of(campaign_id)
    at = show(PAGE)
    at.text_input(key=editor_keys(first)[0]).input("My own words")
    at.button(key="approve_next").click().run()
    after = drafts_of(campaign_id)[0]
    assert (after.subject, after.approved_at is not None) == ("My own words", True)
    assert at.text_input(key=editor_keys(second)[0]).value == second.subject
    assert metrics(at)["Approved"] == "1"


def change_elsewhere(draft: Draft) -> None:
    with transaction() as db:
        update_draft(db, draft.id, "Theirs", "Their words")


def test_a_text_that_nobody_here_saw_is_not_approved(show: Show) -> None:
    draft = drafts_of(add_ready_campaign())[0]
    at = show(PAGE)
    change_elsewhere(draft)
    at.button(key="approve_next").click().run()
    after = drafts_of(draft.campaign_id)[0]
    assert "changed meanwhile" in texts(at)
    assert (after.subject, after.approved_at) == ("Theirs", None)
    assert at.text_input(key=editor_keys(after)[0]).value == "Theirs"


def test_of_two_windows_neither_loses_what_was_typed(show: Show) -> None:
    draft = drafts_of(add_ready_campaign())[0]
    at = show(PAGE)
    change_elsewhere(draft)
    at.text_input(key=editor_keys(draft)[0]).input("Mine")
    at.button(key="save_draft").click().run()
    theirs = drafts_of(draft.campaign_id)[0]
    assert theirs.subject == "Theirs"
    assert at.text_input(key=editor_keys(theirs)[0]).value == "Mine"
    at.button(key="save_draft").click().run()
    assert drafts_of(draft.campaign_id)[0].subject == "Mine"


def test_the_generated_text_is_had_back(show: Show) -> None:
    campaign_id = add_ready_campaign()
    draft = drafts_of(campaign_id)[0]
    with transaction() as db:
        update_draft(db, draft.id, "Mine", "All mine")
    show(PAGE).button(key="restore").click().run()
    assert drafts_of(campaign_id)[0].subject == draft.subject


def test_all_drafts_are_approved_at_once(show: Show) -> None:
    campaign_id = add_ready_campaign()
    at = show(PAGE)
    at.button(key="approve_found").click().run()
    assert metrics(at)["Approved"] == "3"
    assert all(draft.approved_at for draft in drafts_of(campaign_id))


def test_an_edited_draft_is_written_again_only_after_a_question(show: Show) -> None:
    campaign_id = add_ready_campaign()
    with transaction() as db:
        update_draft(db, list_drafts(db, campaign_id)[0].id, "Mine", "All mine")
    at = show(PAGE)
    assert "What you wrote is lost" in texts(at)
    at.button(key="confirm_write_one").click().run()
    generate_drafts(campaign_id, get_settings())
    after = drafts_of(campaign_id)[0]
    assert (after.subject, after.is_edited) == ("Example Optics and us", False)


def test_drafts_are_found_by_what_became_of_them(show: Show) -> None:
    campaign_id = add_ready_campaign()
    at = show(PAGE)
    at.segmented_control(key=f"show_{campaign_id}").set_value("to look at").run()
    assert list(at.dataframe[0].value["Name"]) == ["Zoe Sample"]
    assert list(at.dataframe[0].value["To look at"]) == ["Value missing"]


def test_a_model_that_writes_markdown_is_shown_as_text(show: Show) -> None:
    with transaction() as db:
        add_written(
            db,
            [add_person(db, "![x](https://example.com/x.png)", "x@example.com")],
            reasoning="[click](https://example.com)",
            flags=["![y](https://example.com/y.png)"],
        )
    at = show(PAGE)
    assert not at.exception
    assert not [element for element in at.markdown if "](https" in element.value]


def test_the_file_has_what_is_not_held_back(show: Show) -> None:
    add_ready_campaign()
    at = show_exports(show)
    assert "2 of 3 drafts. 1 held back." in texts(at)
    assert "Held back until you approve" in texts(at)
    assert list(at.dataframe[0].value["Name"]) == ["Zoe Sample"]
    download = at.get("download_button")[0].proto
    assert (download.label, download.disabled) == ("Download 2 rows", False)


def test_what_is_held_back_for_a_reason_goes_once_that_is_approved(show: Show) -> None:
    campaign_id = add_ready_campaign()
    at = show_exports(show)
    at.button(key="accept_missing_value").click().run()
    assert "3 of 3 drafts." in texts(at)
    assert drafts_of(campaign_id)[2].approved_reasons == ["missing_value"]


def test_who_opted_out_is_listed_apart_and_cannot_be_approved(show: Show) -> None:
    add_ready_campaign()
    with transaction() as db:
        add_suppression(db, "ada@example.com")
    at = show_exports(show)
    assert "1 of 3 drafts. 2 held back." in texts(at)
    assert "Is on the list of opt-outs" in texts(at)
    assert "accept_opted_out" not in keys(at)


def test_only_approved_drafts_go_when_that_is_wanted(show: Show) -> None:
    campaign_id = add_ready_campaign()
    with transaction() as db:
        approve_drafts(db, [list_drafts(db, campaign_id)[0].id])
    at = show_exports(show)
    at.toggle(key=f"approved_only_{campaign_id}").set_value(True).run()
    assert "1 of 3 drafts." in texts(at)


def test_the_chosen_file_is_remembered(show: Show) -> None:
    campaign_id = add_ready_campaign()
    at = show_exports(show)
    at.selectbox(key=f"profile_{campaign_id}").set_value("xlsx").run()
    with transaction() as db:
        campaign = get_campaign(db, campaign_id)
    assert campaign is not None
    assert campaign.export_profile == "xlsx"


def test_files_that_left_can_be_had_as_they_were(show: Show) -> None:
    campaign_id = add_ready_campaign()
    with transaction() as db:
        export_campaign(db, campaign_id, "generic")
    at = show_exports(show)
    assert "CSV · 2 rows · 1 held back" in texts(at)
    assert [button.proto.label for button in at.get("download_button")][-1] == "As it was"


def test_a_large_file_is_made_first_and_then_offered(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large, "LARGE_ROWS", 1)
    campaign_id = add_ready_campaign()
    at = show_exports(show)
    assert at.button(key="make_file").label == "Make a file of 2 rows"
    at.button(key="make_file").click().run()
    with transaction() as db:
        campaign = get_campaign(db, campaign_id)
    assert campaign is not None
    assert campaign.export_count == 1
    assert at.get("download_button")[0].proto.label == "Download After the fair.csv"


@pytest.mark.parametrize("view", ["Templates", "Opt-outs"])
def test_templates_and_opt_outs_are_views_of_this_page(show: Show, view: str) -> None:
    at = show(PAGE)
    at.segmented_control(key="view").set_value(view).run()
    assert not at.exception
    assert not at.error


def test_a_group_that_lost_everybody_offers_no_writing(show: Show) -> None:
    with transaction() as db:
        campaign_id = add_campaign_for(db, [add_person(db, "No Address")])
        add_group(db, "Empty")
    at = show(PAGE)
    assert "generate" not in keys(at)
    assert metrics(at)["Recipients"] == "0"
    assert drafts_of(campaign_id) == []
