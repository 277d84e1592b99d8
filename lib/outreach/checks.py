"""What a model's e-mail must not contain. These checks, not the prompt, are the border that cards cannot cross."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from lib.outreach.merge import SUBJECT_LIMIT, Merged
from lib.outreach.prompt import LINK
from lib.text import strip_hidden

HTML = re.compile(r"</?[a-z!][^<>]*>", re.IGNORECASE)
PLACEHOLDER = re.compile(r"\{\{|\}\}|\[[^\W\d][^\]\n]{0,40}\]|(?<!\{)\{\w+\}")
PHONE = re.compile(r"\+?\d[\d\s()./-]{5,}\d")
NUMBER = re.compile(r"\d(?:[\d.,]*\d)?")
WORD = re.compile(r"\w+")
INVENTIONS = ("congrats", "congratulations on", "i saw your", "i noticed your", "i read your", "i loved your")
WORDS_KEPT_SHARE = 0.35


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What is checked, against what: the merged e-mail, and the facts that the model was given."""

    subject: str
    body: str
    merged: Merged
    facts: dict[str, str]

    @property
    def text(self) -> str:
        """The model's e-mail."""
        return f"{self.subject}\n{self.body}"

    @property
    def source(self) -> str:
        """The e-mail it was made from."""
        return f"{self.merged.subject}\n{self.merged.body}"

    @property
    def known(self) -> str:
        """Everything the model was given."""
        return "\n".join([self.source, *self.facts.values()])


def check_email(email: Checked) -> list[str]:
    """Return what is wrong with a model's e-mail, as sentences; empty for one that may be kept."""
    return [failure for check in CHECKS if (failure := check(email))]


def _is_empty(email: Checked) -> str:
    return "" if email.subject.strip() and email.body.strip() else "The subject or the body is empty."


def _is_too_long(email: Checked) -> str:
    limit = max(2 * len(email.merged.body), len(email.merged.body) + 600)
    is_long = len(email.subject) > SUBJECT_LIMIT or len(email.body) > limit
    return "It is much longer than the template." if is_long else ""


def _hides_characters(email: Checked) -> str:
    text = email.text.replace("\r\n", "\n")
    return "" if strip_hidden(text) == text else "It contains hidden characters."


def _has_html(email: Checked) -> str:
    return "It contains HTML." if HTML.search(email.text) else ""


def _has_placeholders(email: Checked) -> str:
    new = set(PLACEHOLDER.findall(email.text)) - set(PLACEHOLDER.findall(email.source))
    return f"Placeholders are left: {_named(new)}." if new else ""


def _invents_links(email: Checked) -> str:
    # Facts from a card do not count: a link printed on it may be a trap.
    new = _links(email.text) - _links(email.source)
    return f"Links or addresses that are not in the template: {_named(new)}." if new else ""


def _loses_links(email: Checked) -> str:
    lost = _links(email.merged.body) - _links(email.body)
    return f"The template's links are gone: {_named(lost)}." if lost else ""


def _invents_phones(email: Checked) -> str:
    new = _phones(email.text) - _phones(email.source)
    return f"Phone numbers that are not in the template: {_named(new)}." if new else ""


def _invents_numbers(email: Checked) -> str:
    new = _numbers(email.text) - _numbers(email.known)
    return f"Numbers that are in none of the facts: {_named(new)}." if new else ""


def _invents_acquaintance(email: Checked) -> str:
    new = [phrase for phrase in INVENTIONS if phrase in email.text.lower() and phrase not in email.known.lower()]
    return f"It claims what nobody said: {_named(new)}." if new else ""


def _loses_first_name(email: Checked) -> str:
    first_name = email.facts.get("firstName")
    is_lost = first_name and first_name in email.merged.body and first_name not in email.body
    return "The first name is gone." if is_lost else ""


def _loses_template(email: Checked) -> str:
    words, kept = (Counter(WORD.findall(text.lower())) for text in (email.merged.body, email.body))
    total = words.total()
    is_lost = total and (words & kept).total() / total < WORDS_KEPT_SHARE
    return "Hardly anything of the template is left." if is_lost else ""


CHECKS: tuple[Callable[[Checked], str], ...] = (
    _is_empty,
    _is_too_long,
    _hides_characters,
    _has_html,
    _has_placeholders,
    _invents_links,
    _loses_links,
    _invents_phones,
    _invents_numbers,
    _invents_acquaintance,
    _loses_first_name,
    _loses_template,
)


def _links(text: str) -> set[str]:
    return {link.lower().strip(".,;:!?()<>«»“”'\"") for link in LINK.findall(text)}


def _phones(text: str) -> set[str]:
    return {re.sub(r"\D", "", phone) for phone in PHONE.findall(text)}


def _numbers(text: str) -> set[str]:
    return {re.sub(r"[.,]", "", number) for number in NUMBER.findall(text)}


def _named(found: set[str] | list[str]) -> str:
    return ", ".join(sorted(found))[:200]
