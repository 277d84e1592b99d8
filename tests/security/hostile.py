"""A database in which everything that a person or a card can say is hostile at once, to be shown on every page."""

from __future__ import annotations

import json
import re

from sqlalchemy import Connection, text

from lib.analytics.notebook.saved import add_saved_query
from lib.contacts.events import EventDetails, add_event
from lib.contacts.groups import add_group
from lib.contacts.suppressions import add_suppression
from lib.outreach.campaigns import add_campaign, update_campaign
from lib.outreach.instructions import clean_instructions
from lib.outreach.templates import add_template
from tests.review_data import reading
from tests.security.fields import DAY

# By its token what must stand around it wherever it is shown: taken for markup, the signs are gone.
FRAGMENTS = {
    "q7link": "[q7link](https://evil.example/a)",
    "q7photo": "![q7photo](https://evil.example/pixel.png)",
    "q7bold": "**q7bold**",
    "q7red": ":red[q7red]",
    "q7blue": ":blue-background[q7blue]",
    "q7math": "$q7math^2$",
    "q7code": "`q7code`",
    "q7gone": "~~q7gone~~",
    "q7icon": ":material/home:q7icon",
    "q7auto": "https://evil.example/q7auto",
    "q7www": "www.evil.example/q7www",
    "q7mail": "q7mail@evil.example",
    "q7script": "<script>window.pwned='q7script'</script>",
    "q7img": "<img/src=x/onerror=window.pwned='q7img'>",
    "q7svg": "<svg/onload=window.pwned='q7svg'>",
    "q7anchor": "<a/href=javascript:window.pwned=1>q7anchor</a>",
    "q7b": "<b>q7b</b>",
    "q7entity": "&lt;q7entity&gt;",
    "q7angle": "<https://evil.example/q7angle>",
}
TOKENS = list(FRAGMENTS)
MARKDOWN = [FRAGMENTS[token] for token in TOKENS[:8]]
LINKS = [FRAGMENTS[token] for token in ("q7icon", "q7auto", "q7www", "q7mail", "q7photo", "q7angle", "q7link")]
HTML = [FRAGMENTS[token] for token in ("q7script", "q7img", "q7svg", "q7anchor", "q7b", "q7entity", "q7bold")]
# Each of them fits the columns of 255 characters.
SAYINGS = [" ".join(pieces) for pieces in (MARKDOWN, LINKS, HTML)]
SHORT = [
    " ".join(pieces[:3])[:100]
    for pieces in (["**q7bold**", ":red[q7red]", "$q7math^2$"], LINKS, ["<b>q7b</b>", "`q7code`"])
]
NEAR = max(map(len, FRAGMENTS.values()))


def fill(db: Connection) -> None:
    """Add rows to every table that a page shows."""
    events, contacts = [], []
    for number, said in enumerate(SAYINGS):
        details = {"location": said, "industry": SHORT[number], "description": f"{said}\n\n# {said}\n\n- {said}"}
        events.append(add_event(db, EventDetails(name=said, date=DAY, **details)))
    for number, status in enumerate(["pending_review", "failed", "pending_review", "completed", "user_verified"] * 2):
        contacts.append(_contact(db, events[number % 3], number, status))
    for number, said in enumerate(SAYINGS):
        _campaign(db, contacts, number, said)
        query = add_saved_query(
            db, said, f"select '{said}' as \"{SHORT[number][:30]}\", 1 as n".replace(":", "\\:"), {}, {}
        )
        assert query
        add_suppression(db, f"gone{number}@example.net", note=said)


def _contact(db: Connection, event_id: int, number: int, status: str) -> int:
    said, other = SAYINGS[number % 3], SAYINGS[(number + 1) % 3]
    values = {"full_name": said, "email": "q7mail@evil.example", "company": other, "title": said}
    raw = reading(
        values,
        [[[9, 9], [99, 9], [99, 30], [9, 30]]] * 4,
        {"full_name": 0.4, "company": 0.3},
        reasons=["The name is unsure."],
    )
    raw["fields"]["full_name"]["evidence"] = [said]
    columns = {
        **values,
        "event_id": event_id,
        "status": status,
        "phone": "+4930901820",
        "linkedin_url": "https://www.linkedin.com/in/[q7link](https://evil.example/a)**q7bold**",
        "notes": f"{said}\n\n{other}",
        "ocr_raw_data": json.dumps(raw),
        "ocr_confidence": 0.3,
    }
    names = ", ".join(columns)
    sql = f"insert into contacts ({names}, processed_at) values ({', '.join(f':{name}' for name in columns)}, now()) returning id"
    contact_id = int(db.execute(text(sql), columns).scalar_one())
    failed = text(
        "insert into ocr_jobs (contact_id, status, error_message, photo_name, started_at, completed_at)"
        " values (:id, :status, :error, :name, now(), now())"
    )
    job = {
        "id": contact_id,
        "status": "failed" if status == "failed" else "completed",
        "name": f"{SHORT[number % 3]}.jpg",
    }
    db.execute(failed, {**job, "error": said if status == "failed" else None})
    logged = text(
        "insert into activity_logs (action, entity_type, entity_id, metadata) values ('contact_processed', 'contact', :id, cast(:about as jsonb))"
    )
    db.execute(logged, {"id": contact_id, "about": json.dumps({"error": said, said: said})})
    return contact_id


def _campaign(db: Connection, contacts: list[int], number: int, said: str) -> None:
    group = add_group(db, said, f"{said}\n\n{said}")
    # Braces are a template's own.
    template = add_template(db, said, said, f"Hi {{{{firstName|there}}}},\n\n{said}\n\n# {said}")
    for contact_id in contacts:
        db.execute(text("insert into lead_group_contacts values (:g, :c)"), {"g": group, "c": contact_id})
    campaign = add_campaign(db, said, group, template)
    wishes = clean_instructions(tone=SHORT[number], goal=said, language=SHORT[number][:40])
    update_campaign(db, campaign, name=said, instructions=wishes)
    about = {
        "source": "model", "model": SHORT[number], "host": "evil.example", "reasoning": said, "flags": [said, "new_links"],
        "warnings": [said], "repaired": [said], "missing": [], "facts_used": [{"field": said, "text": said}],
        "checks": {"passed": 15, "failed": ["new_links"]}, "tokens": {"in": 1, "out": 1}, "prompt_version": 2,
        "generated": {"subject": said, "body": f"{said}\nother"},
    }  # fmt: skip
    add = text(
        "insert into email_drafts (campaign_id, contact_id, subject, body, personalization_data)"
        " values (:campaign, :contact, :subject, :body, cast(:about as jsonb))"
    )
    for contact_id in contacts:
        db.execute(
            add,
            {
                "campaign": campaign,
                "contact": contact_id,
                "subject": said,
                "body": f"{said}\n\n{said}",
                "about": json.dumps(about),
            },
        )
    db.execute(
        text("update email_campaigns set status = 'ready', generated_at = now() where id = :id"), {"id": campaign}
    )
    stopped = {"stopped": {"message": said, "remedy": said}, "message": said, "remedy": said}
    logged = text(
        "insert into activity_logs (action, entity_type, entity_id, metadata) values ('email_drafts_generated', 'email_campaign', :id, cast(:about as jsonb))"
    )
    db.execute(logged, {"id": campaign, "about": json.dumps(stopped)})
    export = text(
        "insert into email_exports (campaign_id, campaign_name, profile, file_name, mime, rows, manifest, sha256, contact_ids, approved_only)"
        " values (:id, :said, 'generic', :name, 'text/csv', 1, cast(:about as jsonb), repeat('a', 64), '{}', false)"
    )
    db.execute(
        export,
        {
            "id": campaign,
            "said": said,
            "name": said,
            "about": json.dumps({"said": said, "held_back": {"formula": 1}}),
        },
    )


def find_obeyed(shown: str) -> list[str]:
    """Return the places of a page's text where a token stands without the signs that were around it."""
    line = re.sub(r"\s+", " ", shown.replace("\u2060", ""))
    wrong = []
    for token, fragment in FRAGMENTS.items():
        inside = fragment.index(token)
        for found in re.finditer(re.escape(token) + r"(?!\w)", line):
            start = found.start() - inside
            # Cut off at its end it is harmless: what is shown stands there as it was written; what follows is another text.
            around = line[max(0, start) : start + len(fragment)].partition("…")[0]
            if not fragment.startswith(around.rstrip(". ")) or len(around) < inside + len(token):
                wrong.append(f"{token}: …{line[max(0, found.start() - NEAR) : found.end() + 40]}…")
    return wrong
