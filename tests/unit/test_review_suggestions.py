"""What a field might be instead, from what is stored of a card's reading."""

import datetime as dt
from typing import Any

import pytest

from lib.contacts.contacts import Contact
from lib.reasons import CODE, OTHER_SIDE
from lib.ui.review.suggestions import PRINTED_TOO, READ, REPAIRED, from_line, suggest

NOW = dt.datetime(2026, 5, 1, 12, 0)


def contact(**known: object) -> Contact:
    empty = dict.fromkeys(Contact.__dataclass_fields__)
    return Contact(**{**empty, "id": 7, "label": "a.jpg", "status": "pending_review", "created_at": NOW, **known})


def conflict(field: str, kept: str, other: str, source: str = CODE) -> dict[str, str]:
    return {"field": field, "kept": kept, "other": other, "source": source}


def read(fields: dict[str, Any] | None = None, **extra: Any) -> dict[str, Any]:
    return {"fields": fields or {}, "extra": extra}


def values(jane: Contact, raw: Any, field: str | None = None) -> list[tuple[str, str]]:
    return [(suggestion.field, suggestion.value) for suggestion in suggest(jane, raw, field)]


JANE = contact(full_name="Jane Doe", email="jane@acme.com", company="Acme", title="Buyer", phone="+4930901820")


def test_the_value_that_the_contact_does_not_have_is_suggested_with_where_it_stands() -> None:
    raw = read(conflicts=[conflict("title", kept="Buyer", other="Head of Buying")])
    (found,) = suggest(JANE, raw)
    assert (found.field, found.value, found.source) == ("title", "Head of Buying", CODE)


def test_once_the_other_one_is_taken_the_first_one_is_suggested() -> None:
    raw = read(conflicts=[conflict("title", kept="Head of Buying", other="Buyer")])
    (found,) = suggest(JANE, raw)
    assert (found.value, found.source) == ("Head of Buying", "the print")


def test_a_value_that_came_from_the_code_is_named_so_when_the_print_was_taken() -> None:
    fields = {"title": {"value": "Head of Buying", "evidence": [f"from {CODE}"]}}
    raw = read(fields, conflicts=[conflict("title", kept="Head of Buying", other="Buyer")])
    assert suggest(JANE, raw)[0].source == CODE


@pytest.mark.parametrize(("front", "source"), [("Head of Buying", "the front side"), ("Buyer", "the back side")])
def test_of_two_sides_the_one_that_says_so_is_named(front: str, source: str) -> None:
    sides = {"front": {"fields": {"title": {"value": front}}}}
    raw = read(conflicts=[conflict("title", "Buyer", "Head of Buying", OTHER_SIDE)], sides=sides)
    assert suggest(JANE, raw)[0].source == source


def test_the_field_one_is_on_comes_first_and_the_others_as_they_were_found() -> None:
    raw = read(
        {"phone": {"value": "+49301"}},
        conflicts=[conflict("title", "Buyer", "Head"), conflict("phone", "+4930901820", "+49302")],
        phones=[{"e164": "+49303"}],
    )
    assert values(JANE, raw, "phone") == [
        ("phone", "+49302"),
        ("phone", "+49301"),
        ("phone", "+49303"),
        ("title", "Head"),
    ]


def test_without_a_field_only_contradictions_are_suggested() -> None:
    raw = read({"phone": {"value": "+49301"}}, phones=[{"e164": "+49303"}], emails=["doe@acme.com"])
    assert suggest(JANE, raw) == []


def test_nothing_is_suggested_twice() -> None:
    raw = read(
        {"email": {"value": "doe@acme.com"}},
        conflicts=[
            conflict("email", "jane@acme.com", "doe@acme.com"),
            conflict("email", "doe@acme.com", "x@acme.com"),
        ],
        emails=["doe@acme.com", "doe@acme.com", "jane.doe@acme.com"],
    )
    assert values(JANE, raw, "email") == [
        ("email", "doe@acme.com"),
        ("email", "x@acme.com"),
        ("email", "jane.doe@acme.com"),
    ]


@pytest.mark.parametrize(
    ("field", "raw"),
    [
        ("email", read({"email": {"value": "jane@acme.com"}}, emails=["jane@acme.com"], websites=["acme.com"])),
        ("phone", read({"phone": {"value": "+4930901820"}}, phones=[{"e164": "+4930901820"}])),
        ("company", read({"company": {"value": "Acme"}}, legal_name="Acme")),
        ("title", read(conflicts=[conflict("title", "Buyer", "Buyer")])),
    ],
)
def test_what_the_contact_has_already_is_not_suggested(field: str, raw: dict[str, Any]) -> None:
    assert suggest(JANE, raw, field) == []


def test_a_persons_word_ends_contradictions_but_not_what_else_the_card_has() -> None:
    jane = contact(status="user_verified", title="Buyer", email="jane@acme.com")
    raw = read(conflicts=[conflict("title", "Buyer", "Head")], emails=["doe@acme.com"])
    assert values(jane, raw, "email") == [("email", "doe@acme.com")]


@pytest.mark.parametrize(
    ("field", "raw", "source"),
    [
        ("company", read({"company": {"value": "Acne"}}), READ),
        ("company", read(legal_name="Acme GmbH"), PRINTED_TOO),
        ("email", read(websites=["www.acne.com/contact"]), REPAIRED),
    ],
)
def test_a_suggestion_says_where_it_is_from(field: str, raw: dict[str, Any], source: str) -> None:
    assert [suggestion.source for suggestion in suggest(JANE, raw, field)] == [source]


def test_digits_in_a_name_are_put_right_as_letters() -> None:
    assert values(contact(full_name="J0hn 5mith"), read(), "full_name") == [("full_name", "John Smith")]


@pytest.mark.parametrize(
    ("website", "repaired"),
    [
        ("www.acme.com", ["jane@acme.com"]),
        ("acme.com/team", ["jane@acme.com"]),
        ("foxglove.example", []),
    ],
)
def test_a_misread_domain_is_put_right_by_the_website(website: str, repaired: list[str]) -> None:
    jane = contact(email="jane@acrne.com")
    assert [value for _, value in values(jane, read(websites=[website]), "email")] == repaired


ODD: list[Any] = [
    {},
    {"fields": None, "extra": None},
    {"fields": [], "extra": []},
    {"fields": "x", "extra": "x"},
    {"fields": {"email": None}, "extra": {"emails": None, "phones": None, "conflicts": None, "sides": None}},
    {"fields": {"email": "x"}, "extra": {"emails": "x", "phones": "x", "conflicts": "x", "websites": "x"}},
    {"fields": {"email": {}}, "extra": {"emails": [None, 3, {}], "phones": [None, 3, {}], "websites": [None, 3, {}]}},
    {"fields": {"email": {"value": 3}, "phone": {"value": []}, "company": {"value": {}}}},
    {"extra": {"legal_name": 3, "conflicts": [None, 3, {}, {"field": "email"}, {"field": ["email"]}]}},
    {"extra": {"conflicts": [{"field": "email", "kept": 1, "other": None, "source": []}]}},
    {"extra": {"conflicts": [{"field": "status", "kept": "a", "other": "completed", "source": CODE}]}},
    {
        "fields": {"email": {"value": "", "evidence": 3}},
        "extra": {"conflicts": [{"field": "email", "kept": "", "other": "", "source": CODE}]},
    },
]


@pytest.mark.parametrize("field", [None, "full_name", "email", "company", "phone"])
@pytest.mark.parametrize("raw", ODD)
def test_odd_raw_data_suggests_nothing_and_harms_nothing(raw: dict[str, Any], field: str | None) -> None:
    assert suggest(JANE, raw, field) == []


@pytest.mark.parametrize("evidence", [None, 3, [["x"]], "x"])
def test_odd_evidence_and_sides_harm_no_suggestion(evidence: Any) -> None:
    fields = {"title": {"value": "Buyer", "evidence": evidence}}
    for source in (CODE, OTHER_SIDE):
        for sides in (None, 3, {"front": 3}, {"front": {"fields": {"title": 3}}}):
            raw = read(fields, conflicts=[conflict("title", "Buyer", "Head", source)], sides=sides)
            assert values(JANE, raw) == [("title", "Head")]


@pytest.mark.parametrize(
    ("field", "line", "value"),
    [
        ("email", "E-mail: jane@acme.com", "jane@acme.com"),
        ("phone", "Tel. 030 901820", "+4930901820"),
        ("title", "  Head of Buying ", "Head of Buying"),
        ("email", "no address here", "no address here"),
    ],
)
def test_a_line_gives_its_number_without_the_label(field: str, line: str, value: str) -> None:
    assert from_line(field, line, "DE") == value
