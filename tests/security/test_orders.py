"""Orders printed on a card or written into its notes, and a model that obeys whatever it is told."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx2
import pytest

from lib.outreach.variables import Facts
from tests.security.corpus import ALL, CORPUS
from tests.unit.outreach.test_writer import ADA, EDITED, MERGED, answer, completion, replies, write

LINK = "https://evil.example/pay"
ORDERS = CORPUS["orders"]
# What a model that obeys makes of the e-mail.
OBEDIENT = {
    "adds a link": answer(f"{EDITED}\n\nSee {LINK}"),
    "adds a bare host": answer(f"{EDITED}\n\nSee evil.example/pay"),
    "leaks an address": answer(f"{EDITED}\n\nBen is at ben@example.com."),
    "leaks its rules": answer(f"{EDITED}\n\nYou edit one business e-mail so that it suits its reader."),
    "says the word": answer("PWNED"),
    "writes markup": answer(EDITED.replace("it was", "<b>it was</b>")),
    "writes a markdown link": answer(EDITED.replace("it was", f"[it was]({LINK})")),
    "runs a script": answer(f"{EDITED}<script>window.pwned=1</script>"),
    "leaves a variable": answer(f"{EDITED}\n\n{{{{email}}}}"),
}


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("field", ["notes", "title", "company"])
def test_an_order_on_a_card_is_not_obeyed_by_a_model_that_would(field: str, order: str) -> None:
    facts = Facts(**{**ADA.__dict__, field: order})
    for does, obeying in OBEDIENT.items():
        server, _ = replies(obeying, obeying)
        written = write(server, facts)
        said = f"{written.subject}\n{written.body}".replace(order, "")
        assert "evil.example/pay" not in said, (does, order)
        assert not re.search(r"ben@example\.com|PWNED|You edit one|window\.pwned|\{\{", said), (does, order)


def test_no_text_leaves_the_place_of_data() -> None:
    """Whatever a card says stands within the tags, as JSON, and never among the rules."""
    for said in ALL:
        if len(said) > 10_000 or said.encode(errors="ignore").decode() != said:
            continue
        server, asked = replies(answer(), answer())
        write(server, Facts(**{**ADA.__dict__, "notes": said, "company": said[:255]}))
        for request in asked:
            first, data, *_ = request["messages"]
            tag = re.search(r"<(data-\w{16})>", first["content"])
            assert tag
            assert data["content"].count(tag[1]) == 2
            inside = data["content"].removeprefix(f"<{tag[1]}>\n").removesuffix(f"\n</{tag[1]}>")
            assert json.loads(inside)["email"]
            assert len(said) < 12 or said not in first["content"]


@pytest.mark.parametrize("said", [*CORPUS["characters"], *CORPUS["logs"], *CORPUS["html"]])
def test_whatever_a_model_says_of_its_work_can_be_kept(said: str) -> None:
    more: dict[str, Any] = {"facts_used": [{"field": said, "text": said}], "reasoning": said}

    def server(request: httpx2.Request) -> httpx2.Response:
        return completion(json.dumps({**json.loads(answer()), **more}))

    written = write(server)
    assert written.body.splitlines()[0] == MERGED.body.splitlines()[0]
    from lib.text import to_json

    assert "\0" not in to_json(written.personalization)
    to_json(written.personalization).encode()
