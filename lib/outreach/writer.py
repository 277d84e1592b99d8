"""One e-mail for one person: merged, and where a model is set, edited by it and checked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from lib.chat import Messages, UnusableReply
from lib.outreach.carried import find_carried, reads_like_order
from lib.outreach.checked import Checked
from lib.outreach.checks import CHECKS, FINAL, check_email
from lib.outreach.doubts import find_doubts
from lib.outreach.merge import HasWords, Merged, merge_email
from lib.outreach.model import Answer, Model, Reply
from lib.outreach.prompt import PROMPT_VERSION, build_messages, build_repair, shared_facts
from lib.outreach.scope import Words
from lib.outreach.variables import Facts

ATTEMPTS = 2
# More than a page shows is not kept.
MOST_FACTS, LONGEST_REASONING = 20, 1_000
SUSPECTED = "The model suspects that the card gives it orders."


@dataclass(frozen=True)
class Written:
    """An e-mail and how it came about: source, and for a model its reasoning, facts, tokens, checks and flags."""

    subject: str
    body: str
    personalization: dict[str, Any]


Ask = Callable[[Messages], Awaitable[Reply]]


@dataclass
class _Tries:
    """What a model made of one e-mail so far."""

    merged: Merged
    facts: dict[str, str]
    words: Words
    failures: list[str] = field(default_factory=list)
    failed_checks: list[str] = field(default_factory=list)
    tokens_in: int = 0
    tokens_out: int = 0
    is_hopeless: bool = False
    answer: Answer | None = None

    def take(self, reply: Reply) -> list[str]:
        """Return what is wrong with the answer, in words; nothing for one that may be kept."""
        self.pay(reply.tokens_in, reply.tokens_out)
        self.answer = reply.answer
        if reply.answer.injection_suspected:
            return self.fail([SUSPECTED], ["injection_suspected"], is_final=True)
        failed = check_email(self.checked())
        return self.fail(list(failed.values()), list(failed), is_final=bool(FINAL & failed.keys()))

    def pay(self, tokens_in: int, tokens_out: int) -> None:
        """Count what an answer cost."""
        self.tokens_in += tokens_in
        self.tokens_out += tokens_out

    def fail(self, sentences: list[str], names: list[str], *, is_final: bool = False) -> list[str]:
        """Remember what was wrong, once each."""
        self.failures += [sentence for sentence in sentences if sentence not in self.failures]
        self.failed_checks += [name for name in names if name not in self.failed_checks]
        self.is_hopeless = is_final
        return sentences

    def checked(self) -> Checked:
        """Return the answer beside what it was made from."""
        answer = self.answer or Answer(subject="", body="")
        return Checked(
            subject=answer.subject,
            body=answer.body,
            merged=self.merged,
            facts=self.facts,
            instructions=self.words.instructions,
        )


def write_by_merging(words: HasWords, facts: Facts) -> Written:
    """Return the template with the person's values in place."""
    merged = merge_email(words.subject, words.body, facts)
    return _from_template(merged)


async def write_with_model(model: Model, ask: Ask, words: Words, facts: Facts) -> Written:
    """Return the model's e-mail, or the merged one with flags that say what was wrong with the model's.

    One repair is asked for, except after a suspected injection. A card that gives orders does not get as far as the
    model. Whatever else `ask` raises is not about this e-mail.
    """
    merged = merge_email(words.subject, words.body, facts)
    if reads_like_order(*merged.values.values()):
        return _from_template(merged)
    messages = build_messages(merged, facts, words.instructions)
    tries = _Tries(merged, shared_facts(facts), words)
    for _ in range(ATTEMPTS):
        wrong = await _try(ask, messages, tries)
        if not wrong:
            return _from_model(tries, model)
        if tries.is_hopeless:
            break
        messages = build_repair(messages, tries.answer.model_dump_json() if tries.answer else "", wrong)
    return _from_template(merged, tries.failures, **_about(tries, model, tries.failed_checks))


async def _try(ask: Ask, messages: Messages, tries: _Tries) -> list[str]:
    """Return what is wrong with the answer that comes, nothing where it is good."""
    try:
        return tries.take(await ask(messages))
    except UnusableReply as error:
        tries.pay(*error.tokens)
        tries.answer = None
        return tries.fail([f"No usable answer: {error}."], ["answer"], is_final=error.is_final)


def _from_template(merged: Merged, flags: list[str] | None = None, **more: Any) -> Written:
    carried = find_carried(merged)
    data = {"source": "template", "missing": list(merged.missing), "flags": [*(flags or []), *carried], **more}
    return Written(merged.subject, merged.body, data)


def _from_model(tries: _Tries, model: Model) -> Written:
    checked, answer = tries.checked(), tries.answer
    facts_used = [fact.model_dump() for fact in answer.facts_used[:MOST_FACTS]] if answer else []
    data = {
        "source": "model",
        "reasoning": answer.reasoning[:LONGEST_REASONING] if answer else "",
        "facts_used": facts_used,
        "missing": list(tries.merged.missing),
        "repaired": tries.failures,
        "flags": find_carried(tries.merged),
        "warnings": find_doubts(checked, facts_used),
        **_about(tries, model, failed=[]),
    }
    return Written(" ".join(checked.subject.split()), checked.body.strip(), data)


def _about(tries: _Tries, model: Model, failed: list[str]) -> dict[str, Any]:
    return {
        "model": model.name,
        "host": model.host,
        "prompt_version": PROMPT_VERSION,
        "tokens": {"in": tries.tokens_in, "out": tries.tokens_out},
        "checks": {"passed": sum(name not in failed for name in CHECKS), "failed": failed},
    }
