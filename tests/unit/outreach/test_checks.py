from dataclasses import replace

import pytest

from lib.outreach.checked import Checked, links
from lib.outreach.checks import check_email
from lib.outreach.merge import Merged

BODY = """Hi Ada,

it was good to meet you at Spring Fair. Our catalogue is at https://shop.example.com/2026.

Would you have twenty minutes next week?

Best regards"""
MERGED = Merged("Good to meet you at Spring Fair", BODY)
FACTS = {"firstName": "Ada", "company": "Example Optics", "notes": "Needs 40 lenses, see https://trap.example.com"}
GOOD = Checked(
    subject=MERGED.subject, body=BODY.replace("Would", "For your 40 lenses: would"), merged=MERGED, facts=FACTS
)


def test_a_careful_edit_passes() -> None:
    assert check_email(GOOD) == {}


def test_the_merged_email_itself_passes() -> None:
    assert check_email(replace(GOOD, body=BODY)) == {}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("{{firstName}}", "Placeholders"),
        ("[Your name]", "Placeholders"),
        ("<b>now</b>", "HTML"),
        ("See https://evil.example.net", "Links or addresses"),
        ("See evil.example.net/x", "Links or addresses"),
        ("Write to me@evil.example.net", "Links or addresses"),
        ("See https://trap.example.com", "Links or addresses"),
        ("Call +49 30 123456", "Phone numbers"),
        ("We give 25 % off.", "Numbers"),
        ("Congrats on your new role!", "what nobody said"),
        ("Right\u202eleft", "hidden characters"),
        ("word " * 300, "longer"),
    ],
)
def test_what_nobody_gave_the_model_is_found(more: str, expected: str) -> None:
    failures = check_email(replace(GOOD, body=f"{BODY}\n\n{more}"))
    assert any(expected in failure for failure in failures.values()), failures


def test_the_capitals_of_a_links_path_must_stay() -> None:
    template = replace(GOOD.merged, body=f"{BODY}\n\nhttps://shop.example.com/Book/aBc")
    good = replace(GOOD, merged=template, body=template.body.replace("https://shop.", "HTTPS://Shop."))
    assert check_email(good) == {}
    assert "lost_links" in check_email(replace(good, body=template.body.replace("aBc", "abc")))


@pytest.mark.parametrize("link", ["пример.рф", "пример.рф/путь", "example.xn--p1ai"])
def test_a_link_may_end_in_any_script(link: str) -> None:
    assert "new_links" in check_email(replace(GOOD, body=f"{BODY}\n\nSee {link}"))


@pytest.mark.parametrize("text", ["你好。我是张三。", "Рад.Весьма", "Gruß.Übrigens"])
def test_sentences_without_a_space_between_them_are_no_links(text: str) -> None:
    assert links(text) == frozenset()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("", "empty"),
        (BODY.replace("https://shop.example.com/2026", "our site"), "links are gone"),
        (BODY.replace("Ada", "friend"), "first name is gone"),
        ("Ada, buy it: https://shop.example.com/2026", "Hardly anything"),
    ],
)
def test_what_the_model_lost_is_found(body: str, expected: str) -> None:
    failures = check_email(replace(GOOD, body=body))
    assert any(expected in failure for failure in failures.values()), failures


def test_a_mark_for_a_missing_value_may_stay() -> None:
    merged = Merged("Hello", "Hi Ada, how is [company?]?", ("company",))
    assert check_email(Checked(subject="Hello", body=merged.body, merged=merged, facts=FACTS)) == {}
