"""One e-mail for one person: merged, and where a model is set, edited by it and checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from lib.chat import UnusableReply
from lib.outreach.checks import Checked, check_email
from lib.outreach.merge import Merged, merge_email
from lib.outreach.model import Model, Reply
from lib.outreach.prompt import PROMPT_VERSION, build_messages, build_repair, shared_facts
from lib.outreach.variables import Facts
from lib.settings import Settings


@dataclass(frozen=True)
class Written:
    """An e-mail and how it came about: source, and for a model its reasoning, facts, tokens and flags."""

    subject: str
    body: str
    personalization: dict[str, Any]


class HasWords(Protocol):
    """A subject and a body with `{{variables}}`: a template, or what a campaign kept of one."""

    @property
    def subject(self) -> str: ...  # noqa: D102
    @property
    def body(self) -> str: ...  # noqa: D102


Writer = Callable[[HasWords, Facts], Written]


def open_writer(settings: Settings) -> Writer:
    """Return what writes the e-mails: the model where one is set, otherwise the merge."""
    if not settings.has_model:
        return write_by_merging
    model = Model(settings)
    return lambda template, facts: write_with_model(model, template, facts)


def write_by_merging(template: HasWords, facts: Facts) -> Written:
    """Return the template with the person's values in place."""
    return _from_template(merge_email(template.subject, template.body, facts))


def write_with_model(model: Model, template: HasWords, facts: Facts) -> Written:
    """Return the model's e-mail, or the merged one with flags that say what was wrong with the model's.

    One repair is asked for, except after a suspected injection. Raises WritingStopped.
    """
    merged = merge_email(template.subject, template.body, facts)
    messages = build_messages(merged, facts)
    flags: list[str] = []
    for _ in range(2):
        failures, reply, is_final = _attempt(model, messages, merged, facts)
        if reply is not None and not failures:
            return _from_model(merged, reply, model, flags)
        flags += [failure for failure in failures if failure not in flags]
        if is_final:
            break
        messages = build_repair(messages, reply.answer.model_dump_json() if reply else "", failures)
    return _from_template(merged, model=model.name, host=model.host, prompt_version=PROMPT_VERSION, flags=flags)


def _attempt(
    model: Model, messages: list[dict[str, str]], merged: Merged, facts: Facts
) -> tuple[list[str], Reply | None, bool]:
    """Return what is wrong with the answer, the answer, and whether asking again is no use."""
    try:
        reply = model.ask(messages)
    except UnusableReply as error:
        return [f"No usable answer: {error}."], None, error.is_final
    answer = reply.answer
    if answer.injection_suspected:
        return ["The model suspects that the card gives it orders."], reply, True
    email = Checked(subject=answer.subject, body=answer.body, merged=merged, facts=shared_facts(facts))
    return check_email(email), reply, False


def _from_template(merged: Merged, **more: Any) -> Written:
    data = {"source": "template", "missing": list(merged.missing), "flags": [], **more}
    return Written(merged.subject, merged.body, data)


def _from_model(merged: Merged, reply: Reply, model: Model, repaired: list[str]) -> Written:
    answer = reply.answer
    data = {
        "source": "model",
        "model": model.name,
        "host": model.host,
        "prompt_version": PROMPT_VERSION,
        "reasoning": answer.reasoning,
        "facts_used": [fact.model_dump() for fact in answer.facts_used],
        "tokens": {"in": reply.tokens_in, "out": reply.tokens_out},
        "missing": list(merged.missing),
        "repaired": repaired,
        "flags": [],
    }
    return Written(" ".join(answer.subject.split()), answer.body.strip(), data)
