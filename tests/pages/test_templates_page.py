"""The templates as a person writes them."""

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from lib.database import transaction
from lib.outreach.merge import find_problems
from lib.outreach.starters import STARTERS
from lib.outreach.templates import add_starters, add_template, list_templates
from lib.outreach.variables import VARIABLES
from lib.ui.preview import MOST
from lib.ui.templates import excerpt
from tests.outreach_data import add_campaign_for, add_person, add_two

Show = Callable[[str], AppTest]
SCRIPT = "from lib.ui.templates import show_templates\nshow_templates()"
NEW = "from lib.ui.templates import template_dialog\ntemplate_dialog()"
DELETE = """
from lib.database import transaction
from lib.outreach.templates import list_templates
from lib.ui.templates import delete_dialog
with transaction() as db:
    templates = list_templates(db)
if templates:
    delete_dialog(templates[0])
"""


def texts(at: AppTest) -> str:
    shown = [*at.text, *at.caption, *at.markdown, *at.subheader, *at.error]
    return "\n".join(str(element.value) for element in shown)


def add(subject: str = "Hello", body: str = "Hi {{firstName|there}}") -> int:
    with transaction() as db:
        return add_template(db, "Hello", subject, body)


def names() -> list[str]:
    with transaction() as db:
        return [template.name for template in list_templates(db)]


def test_without_templates_three_starters_are_one_click_away(show_dialog: Show) -> None:
    at = show_dialog(SCRIPT)
    at.button(key="empty_state").click().run()
    assert at.selectbox(key="template").options == [starter.name for starter in STARTERS]
    assert len(STARTERS) == 3


def test_a_starter_can_be_added_later_under_its_own_name(show_dialog: Show) -> None:
    at = show_dialog(NEW)
    at.radio(key="start").set_value(STARTERS[2])
    at.button(key="add_template").click().run()
    assert names() == [STARTERS[2].name]


def test_an_empty_page_needs_a_name(show_dialog: Show) -> None:
    at = show_dialog(NEW)
    at.button(key="add_template").click().run()
    assert "has no name" in texts(at)
    assert names() == []


def test_a_problem_is_shown_with_its_place_and_words(show_dialog: Show) -> None:
    template_id = add()
    at = show_dialog(SCRIPT)
    at.text_area(key=f"template_body_{template_id}").set_value("Hello\n\t🦊 Hi {{frstName}}, good day").run()
    assert "Body, line 2, character 7: unknown variable" in at.error[0].value
    assert "▸\\{\\{frstName" in at.error[0].value
    at.text_area(key=f"template_body_{template_id}").set_value("Hi {{firstName").run()
    assert "never closed" in at.error[0].value


def test_many_problems_do_not_flood_the_page(show_dialog: Show) -> None:
    template_id = add()
    at = show_dialog(SCRIPT)
    at.text_area(key=f"template_body_{template_id}").set_value("{{x}}\n" * 30).run()
    assert len(at.error) == 5
    assert "And 25 more." in texts(at)


def test_an_excerpt_is_cut_on_both_sides() -> None:
    line = "a" * 100 + "{{nobody}}" + "b" * 100
    shown = excerpt(line, find_problems("s", line)[0])
    assert shown == f"…{'a' * 24}▸{{{{nobody}}}}{'b' * 38}…"


def test_the_preview_is_a_real_contacts_e_mail(show_dialog: Show) -> None:
    template_id = add(body="Dear {{fullName}}, {{title}}")
    with transaction() as db:
        add_person(db, "Ada Example")
    at = show_dialog(SCRIPT)
    assert "Dear Ada Example, [title?]" in texts(at)
    assert "No value for title" in texts(at)
    at.text_area(key=f"template_body_{template_id}").set_value("Dear {{lastName}}").run()
    assert "Dear Example" in texts(at)


def test_few_contacts_need_no_search(show_dialog: Show) -> None:
    add()
    assert "preview_search" not in [element.key for element in show_dialog(SCRIPT).text_input]


def test_many_contacts_are_searched(show_dialog: Show) -> None:
    add()
    with transaction() as db:
        add_person(db, "Zoe Sample")
        for number in range(MOST):
            add_person(db, f"Person {number}")
    at = show_dialog(SCRIPT)
    at.text_input(key="preview_search").set_value("zoe").run()
    assert at.selectbox(key="preview_contact").options[0].startswith("Zoe Sample")
    at.text_input(key="preview_search").set_value("nobody there").run()
    assert "Nobody is found" in texts(at)
    assert not at.exception


def test_a_template_is_duplicated_and_the_copy_chosen(show_dialog: Show) -> None:
    add()
    at = show_dialog(SCRIPT)
    at.button(key="copy_template").click().run()
    assert names() == ["Copy of Hello", "Hello"]
    at.run()
    assert at.text_input[0].value == "Copy of Hello"


def test_deleting_says_what_was_made_from_it(show_dialog: Show) -> None:
    with transaction() as db:
        add_campaign_for(db, add_two(db))
    at = show_dialog(DELETE)
    assert "1 campaign was made from it, with 0 drafts" in texts(at)
    at.button(key="confirm_delete_template").click().run()
    assert names() == []


def test_a_variable_is_put_into_the_body_by_a_click(show_dialog: Show) -> None:
    template_id = add(body="Hi ")
    at = show_dialog(SCRIPT)
    for _ in range(2):
        at.pills(key=f"variable_{template_id}").set_value("company").run()
    assert at.text_area(key=f"template_body_{template_id}").value == "Hi{{company}}{{company}}"


def test_every_variable_is_listed_with_its_column(show_dialog: Show) -> None:
    add()
    table = show_dialog(SCRIPT).dataframe[0].value
    assert list(table["Write"]) == [f"{{{{{name}}}}}" for name in VARIABLES]
    assert "contacts.linkedin_url" in list(table["It is"])


def test_the_starters_can_be_written_to_everybody(show_dialog: Show) -> None:
    with transaction() as db:
        add_starters(db)
        add_person(db, "Ada Example", company=None)
    assert "No value for" not in texts(show_dialog(SCRIPT))
