"""What a model's e-mail must not contain. These checks, not the prompt, are the border that cards cannot cross."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from lib.outreach.checked import WORD, Checked, holds_word, links, named, numbers, phones
from lib.outreach.language import find_language, known_language
from lib.outreach.merge import SUBJECT_LIMIT
from lib.outreach.prompt import RULES
from lib.outreach.spelling import find_misspelled
from lib.text import strip_hidden

HTML = re.compile(r"</?[a-z!][^<>]*>", re.IGNORECASE)
MARKDOWN = re.compile(r"\*\*\S|^#{1,6} |\]\(", re.MULTILINE)
PLACEHOLDER = re.compile(r"\{\{|\}\}|\[[^\W\d][^\]\n]{0,40}\]|(?<!\{)\{\w+\}")
INVENTIONS = (
    "congrats", "congratulations", "i saw your", "i noticed your", "i read your", "i loved your", "i saw that you",
    "i came across your", "glückwunsch", "ich habe ihren", "ich habe gesehen", "félicitations", "j'ai vu votre",
    "j'ai lu votre", "enhorabuena", "felicidades", "he visto su", "congratulazioni", "ho visto il suo",
)  # fmt: skip
# Of the talk around the e-mail, nothing belongs into it.
LEAK = re.compile(r"data-[0-9a-f]{16}|injection_suspected|facts_used|system prompt|\bas an ai\b", re.IGNORECASE)
PARAGRAPHS = re.compile(r"\n\s*\n")
# How much of the template's words must stay, by what else the sender wishes.
WORDS_KEPT, WORDS_KEPT_WITH_WISHES = 0.35, 0.2
# So long as that, a run of words from the rules is no chance.
TOLD_WORDS = 6
# So long as that, a run of words from a card is no fact any more but the card speaking.
COPIED_WORDS = 8


def check_email(email: Checked) -> dict[str, str]:
    """Return what is wrong with a model's e-mail, a sentence by the check's name; empty for one that may be kept."""
    if failure := _is_too_long(email):
        return {"too_long": failure}  # whatever else is in it, and it may be a lot
    return {name: failure for name, check in CHECKS.items() if (failure := check(email))}


def _is_empty(email: Checked) -> str:
    return "" if email.subject.strip() and email.body.strip() else "The subject or the body is empty."


def _is_too_long(email: Checked) -> str:
    times, more = (3, 900) if email.instructions.length == "longer" else (2, 600)
    limit = max(times * len(email.merged.body), len(email.merged.body) + more)
    is_long = len(email.subject) > SUBJECT_LIMIT or len(email.body) > limit
    return "It is much longer than the template." if is_long else ""


def _hides_characters(email: Checked) -> str:
    text = email.text.replace("\r\n", "\n")
    return "" if strip_hidden(text) == text else "It contains hidden characters."


def _has_markup(email: Checked) -> str:
    if HTML.search(email.text):
        return "It contains HTML."
    return "It contains markdown." if MARKDOWN.search(email.text) and not MARKDOWN.search(email.source) else ""


def _has_placeholders(email: Checked) -> str:
    new = set(PLACEHOLDER.findall(email.text)) - set(PLACEHOLDER.findall(email.source))
    return f"Placeholders are left: {named(new)}." if new else ""


def _leaks(email: Checked) -> str:
    is_leak = LEAK.search(email.text) and not LEAK.search(email.source)
    is_told = (_runs(email.text, TOLD_WORDS) & TOLD) - _runs(email.source, TOLD_WORDS)
    return "It repeats what the model was told." if is_leak or is_told else ""


def _runs(text: str, count: int) -> frozenset[tuple[str, ...]]:
    """Return all that stands behind each other in the text, so many words at a time."""
    words = WORD.findall(text.casefold())
    return frozenset(zip(*(words[start:] for start in range(count)), strict=False))


TOLD = frozenset(run for line in RULES.splitlines() for run in _runs(line, TOLD_WORDS))


def _invents_links(email: Checked) -> str:
    # Facts from a card do not count: a link printed on it may be a trap.
    new = links(email.text) - links(email.source)
    return f"Links or addresses that are not in the template: {named(new)}." if new else ""


def _loses_links(email: Checked) -> str:
    lost = links(email.merged.body) - links(email.body)
    return f"The template's links are gone: {named(lost)}." if lost else ""


def _invents_phones(email: Checked) -> str:
    new = phones(email.text) - phones(email.source)
    return f"Phone numbers that are not in the template: {named(new)}." if new else ""


def _invents_numbers(email: Checked) -> str:
    new = numbers(email.text) - numbers(email.known)
    return f"Numbers that are in none of the facts: {named(new)}." if new else ""


def _invents_acquaintance(email: Checked) -> str:
    text, known = (said.lower().replace("’", "'") for said in (email.text, email.known))
    new = [phrase for phrase in INVENTIONS if phrase in text and phrase not in known]
    return f"It claims what nobody said: {named(new)}." if new else ""


def _copies_card(email: Checked) -> str:
    source = " ".join(WORD.findall(email.source.casefold()))
    text = " ".join(WORD.findall(email.text.casefold()))
    for name in ("company", "title", "eventName"):
        words = WORD.findall(email.facts.get(name, "").casefold())
        runs = (" ".join(words[at : at + COPIED_WORDS]) for at in range(len(words) - COPIED_WORDS + 1))
        if any(run in text and run not in source for run in runs):
            return "It copies a long text from the card."
    return ""


def _loses_first_name(email: Checked) -> str:
    first_name = email.facts.get("firstName")
    is_lost = first_name and holds_word(first_name, email.merged.body) and not holds_word(first_name, email.body)
    return "The first name is gone." if is_lost else ""


def _misspells(email: Checked) -> str:
    wrong = find_misspelled(email)
    return f"Names are not spelled as they should be: {named(wrong)}." if wrong else ""


def _loses_template(email: Checked) -> str:
    wishes = email.instructions
    wanted = known_language(wishes.language) if wishes.language else None
    if wishes.language and wanted != find_language(email.merged.body):
        return ""  # translated, no word of it need stay
    share = WORDS_KEPT_WITH_WISHES if wishes.length == "shorter" or wishes.tone or wishes.goal else WORDS_KEPT
    words, kept = (Counter(WORD.findall(text.lower())) for text in (email.merged.body, email.body))
    total = words.total()
    return "Hardly anything of the template is left." if total and (words & kept).total() / total < share else ""


def _is_in_another_language(email: Checked) -> str:
    """Look at the whole and at each paragraph that the template does not have as it is."""
    wished = email.instructions.language
    wanted = known_language(wished) if wished else find_language(email.merged.body)
    if wanted is None:
        return ""
    new = [part for part in PARAGRAPHS.split(email.body) if wished or part.strip() not in email.merged.body]
    for text in (email.body, *new):
        found = find_language(text)
        if found not in (None, wanted):
            return f"It is in another language: {found}, not {wished or wanted}."
    return ""


CHECKS: dict[str, Callable[[Checked], str]] = {
    "empty": _is_empty,
    "too_long": _is_too_long,
    "hidden_characters": _hides_characters,
    "markup": _has_markup,
    "placeholders": _has_placeholders,
    "leak": _leaks,
    "new_links": _invents_links,
    "lost_links": _loses_links,
    "new_phones": _invents_phones,
    "new_numbers": _invents_numbers,
    "invented": _invents_acquaintance,
    "copied_card": _copies_card,
    "lost_first_name": _loses_first_name,
    "misspelled": _misspells,
    "lost_template": _loses_template,
    "language": _is_in_another_language,
}
# After these the model is not asked again: somebody else seems to tell it what to write.
FINAL = frozenset(("leak", "copied_card"))
