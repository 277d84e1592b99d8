import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.outreach.merge import find_missing, find_problems, find_variables, merge_email
from lib.outreach.templates import EMPTY, STARTERS, Starter
from lib.outreach.variables import SAMPLE, VARIABLES, Facts

ADA = Facts(
    full_name="ADA LOVELACE", company="Engines & Co", event_name="Spring Fair", event_date=dt.date(2026, 4, 20)
)


def merge(text: str, facts: Facts = ADA) -> str:
    return merge_email("Subject", text, facts).body


def problems(text: str) -> list[str]:
    return [str(problem) for problem in find_problems("", text)]


def test_every_variable_gets_its_value() -> None:
    merged = merge_email("Hi", "\n".join(f"{{{{{name}}}}}" for name in VARIABLES), SAMPLE)
    assert merged.missing == ()
    assert merged.body.splitlines()[:3] == ["Ada", "Example", "Ada Example"]
    assert "20 April 2026" in merged.body


@pytest.mark.parametrize(
    "tag",
    [
        "{{title|there}}",
        "{{ title | there }}",
        '{{title | default: "there"}}',
        "{{title|default:'there'}}",
        "{{title | default: “there”}}",
    ],
)
def test_a_fallback_stands_in_for_a_missing_value(tag: str) -> None:
    assert merge(f"Hi {tag}!") == "Hi there!"


def test_an_empty_fallback_leaves_nothing() -> None:
    assert merge("Hi{{title|}}!") == "Hi!"


def test_a_missing_value_stays_visible_and_is_listed() -> None:
    merged = merge_email("{{company}}", "{{title}} {{title|x}} {{phone|y}}", ADA)
    assert (merged.body, merged.missing) == ("[title?] x y", ("title",))
    assert find_missing(merged.subject, merged.body) == ["title"]


def test_a_blank_value_counts_as_missing() -> None:
    assert merge("{{company}}", Facts(company=" \u200b\t ")) == "[company?]"


def test_a_value_is_never_expanded_again() -> None:
    assert (
        merge("{{company}}", Facts(company="{{email}} {{company}}", email="a@example.com")) == "{{email}} {{company}}"
    )


def test_hidden_characters_of_a_value_do_not_arrive() -> None:
    assert merge("{{company}}", Facts(company="Ac\u202eme\x00\u200b\r\nLtd")) == "Acme Ltd"


def test_notes_keep_their_lines() -> None:
    assert merge("{{notes}}", Facts(notes="One\r\nTwo")) == "One\nTwo"


def test_a_subject_is_one_line_of_at_most_500_characters() -> None:
    subject = merge_email("{{notes}}", "x", Facts(notes="word\n" * 300)).subject
    assert len(subject) <= 500
    assert "\n" not in subject


def test_single_braces_that_are_no_variable_are_text() -> None:
    assert problems("a {} {x, y} { 1 + 2 }") == []


def test_an_unknown_variable_is_named_with_its_place_and_the_nearest_one() -> None:
    assert [str(problem) for problem in find_problems("Meet at the fair, hi {{eventNmae}}", "x")] == [
        "subject:1:22: unknown variable {{eventNmae}}; did you mean {{eventName}}?"
    ]


@pytest.mark.parametrize("name", ["first_name", "FIRSTNAME", "First name", "firstname"])
def test_other_spellings_lead_to_the_variable(name: str) -> None:
    assert "did you mean {{firstName}}?" in problems(f"{{{{{name}}}}}")[0]


def test_single_braces_are_named() -> None:
    assert problems("a\nb\nHi {firstName}") == ["body:3:4: single braces: write {{firstName}}, not {firstName}"]


def test_braces_that_are_never_closed_are_named() -> None:
    assert problems("Hi {{firstName,\n{{company}}") == ["body:1:4: '{{' is never closed with '}}' on this line"]


def test_braces_that_were_never_opened_are_named() -> None:
    assert problems("Hi firstName}},") == ["body:1:13: '}}' without a '{{' before it on this line"]


@pytest.mark.parametrize("text", ["Hi {{{firstName}}}", "Hi {{{firstName}}", "Hi {{firstName}}}"])
def test_a_third_brace_is_named(text: str) -> None:
    assert problems(text)[0].endswith("one brace too many: write {{firstName}}")


def test_a_missing_brace_is_named() -> None:
    assert problems("Hi {{firstName}, hello") == [
        "body:1:4: one brace is missing: write {{firstName}}, not {{firstName}"
    ]


def test_what_people_call_a_name_leads_to_the_whole_one() -> None:
    assert "did you mean {{fullName}}?" in problems("Hi {{name}}")[0]


def test_an_empty_tag_is_named() -> None:
    assert problems("Hi {{}}")[0].startswith("body:1:4: no variable between")


def test_variables_are_found_in_both_texts_once() -> None:
    assert find_variables("{{company}}", "{{ firstName|x }} {{company}} {{nobody}}") == ["firstName", "company"]


@pytest.mark.parametrize("starter", [*STARTERS, EMPTY], ids=lambda starter: starter.name)
def test_a_starter_reads_well_for_somebody_unknown(starter: Starter) -> None:
    assert find_problems(starter.subject, starter.body) == []
    assert merge_email(starter.subject, starter.body, Facts()).missing == ()


@given(st.text())
def test_any_text_either_has_a_problem_or_merges_without_braces(text: str) -> None:
    if not find_problems("", text):
        assert "{{" not in merge(text, Facts())


@given(st.text(), st.text())
def test_any_value_arrives_as_it_is_but_for_hidden_characters(before: str, value: str) -> None:
    body = merge_email("s", "<{{company}}>", Facts(company=value)).body
    assert body in ("<[company?]>", f"<{' '.join(body[1:-1].split())}>")
    assert not any(character in body for character in "\x00\u202e\r\n")
