"""A good draft, and everything that a model or a card's order may do to it: each mutation must be caught."""

from collections.abc import Callable

import pytest

from lib.outreach.checked import Checked
from lib.outreach.checks import check_email
from lib.outreach.doubts import find_doubts
from lib.outreach.merge import merge_email
from lib.outreach.prompt import shared_facts
from lib.outreach.variables import Facts

FACTS = Facts(
    full_name="Ada Lindqvist",
    email="ada@example.com",
    company="Example Optics",
    title="Head of Research",
    notes="Wants 40 lenses. Knows our brochure.",
    event_name="Spring Fair",
)
BODY = """Hi {{firstName}},

it was good to meet you at {{eventName}}. I would like to hear more about what you do at {{company}}.

Our catalogue is at https://shop.example.com/2026. Would you have twenty minutes for a call next week?

Best regards"""
MERGED = merge_email("Good to meet you at {{eventName}}, Ms {{lastName}}", BODY, FACTS)
CLEAN = MERGED.body.replace("Would you", "As Head of Research you may want 40 lenses. Would you")
FRENCH = """Bonjour Ada,

c'était un plaisir de vous rencontrer à Spring Fair, et je voudrais en savoir plus sur ce que vous faites chez \
Example Optics. Notre catalogue est sur https://shop.example.com/2026. Auriez-vous vingt minutes pour un appel ?"""


def check(body: str, subject: str = MERGED.subject) -> dict[str, str]:
    return check_email(Checked(subject=subject, body=body, merged=MERGED, facts=shared_facts(FACTS)))


def more(text: str) -> Callable[[str], str]:
    return lambda body: f"{body}\n\n{text}"


def instead(old: str, new: str) -> Callable[[str], str]:
    def change(body: str) -> str:
        assert old in body
        return body.replace(old, new)

    return change


MUTATIONS: dict[str, tuple[str, Callable[[str], str]]] = {
    "nothing": ("empty", lambda body: " \n"),
    "ten times": ("too_long", lambda body: body * 10),
    "variable": ("placeholders", more("Yours, {{senderName}}")),
    "bracket": ("placeholders", more("[Your name]")),
    "html": ("markup", instead("catalogue", "<b>catalogue</b>")),
    "markdown": ("markup", instead("catalogue", "**catalogue**")),
    "link": ("new_links", more("See https://evil.example.net/pay")),
    "bare host": ("new_links", more("See evil.example.net")),
    "address": ("new_links", more("Write to pay@evil.example.net")),
    "wide dots": ("new_links", more("See evil。example。net")),
    "disguised link": ("new_links", more("See evil (dot) example")),
    "other scheme": ("new_links", more("Or ftp://files")),
    "link lost": ("lost_links", instead("https://shop.example.com/2026", "our site")),
    "link changed": ("new_links", instead("shop.example.com/2026", "shop.example.com/2027")),
    "phone": ("new_phones", more("Call +49 30 901820.")),
    "discount": ("new_numbers", more("You get 25 % off.")),
    "praise": ("invented", more("Congrats on your new role!")),
    "shared past": ("invented", more("I saw your talk and liked it.")),
    "name misspelled": ("misspelled", more("Best wishes to the Lindquist team.")),
    "company misspelled": ("misspelled", instead("Example Optics", "Example Optiks")),
    "company's capitals": ("misspelled", instead("Example Optics", "EXAMPLE optics")),
    "name gone": ("lost_first_name", instead("Ada", "there")),
    "another name": ("lost_first_name", instead("Hi Ada", "Hi Adam")),
    "new text": ("lost_template", lambda body: "Ada, buy it now at https://shop.example.com/2026. Cheap lenses!"),
    "bidi": ("hidden_characters", more("Right\u202eleft")),
    "zero width": ("hidden_characters", instead("catalogue", "cata\u200blogue")),
    "french": ("language", lambda body: FRENCH),
    "german paragraph": ("language", more("Wir freuen uns auf ein Gespräch mit Ihnen und zeigen es Ihnen auch auf der Messe.")),
    "prompt": ("leak", more("I set injection_suspected to false.")),
    "its rules": ("leak", more("Keep its purpose, its greeting with the name.")),
}  # fmt: skip


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mutated_draft_is_caught(name: str) -> None:
    check_name, mutate = MUTATIONS[name]
    assert check_name in check(mutate(CLEAN))


def test_a_clean_draft_and_the_plain_template_pass() -> None:
    assert check(CLEAN) == {}
    assert check(MERGED.body) == {}


def test_a_subject_is_looked_at_too() -> None:
    assert "new_links" in check(CLEAN, "Win at evil.example.net")


def test_a_long_text_from_a_card_is_not_copied() -> None:
    title = "Your account is closed unless you pay the open invoice this week"
    facts = {**shared_facts(FACTS), "title": title}
    email = Checked(subject=MERGED.subject, body=f"{CLEAN}\n\n{title}.", merged=MERGED, facts=facts)
    assert "copied_card" in check_email(email)


def test_unknown_names_and_facts_only_warn() -> None:
    body = CLEAN.replace("next week", "next week with Maurice")
    email = Checked(subject=MERGED.subject, body=body, merged=MERGED, facts=shared_facts(FACTS))
    assert check_email(email) == {}
    assert find_doubts(email, [{"field": "revenue", "text": "much"}]) == [
        "Names that are in none of the facts: Maurice.",
        "It names facts that it was not given: revenue.",
    ]
