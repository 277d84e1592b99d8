import datetime as dt
from typing import get_args

import pytest

from lib.activity import Action, Entity
from lib.analytics.activities import ACTION_WORDS, ENTITY_WORDS, Activity, told


def activity(**columns: object) -> Activity:
    values = {
        "id": 1,
        "action": "contact_reviewed",
        "entity_type": "contact",
        "entity_id": 1204,
        "entity_name": "Ada Example",
        "metadata": None,
        "created_at": dt.datetime(2026, 3, 14),
    }
    return Activity(**(values | columns))  # type: ignore[arg-type]


def test_every_action_and_entity_has_words() -> None:
    assert set(ACTION_WORDS) == set(get_args(Action))
    assert set(ENTITY_WORDS) == set(get_args(Entity))


def test_what_it_happened_to_is_told_by_kind_number_and_name() -> None:
    assert activity().entity == "Contact #1204 · Ada Example"


def test_what_is_gone_keeps_its_number() -> None:
    assert activity(entity_type="event", entity_name=None).entity == "Event #1204"


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        (None, ""),
        ({"bytes": 1204, "photo": "a.jpg", "back": None}, "bytes 1,204 · photo a.jpg"),
        ({"event_id": 1204}, "event id 1204"),
        ({"was_accepted": True, "seconds": 1.234}, "was accepted yes · seconds 1.23"),
        ({"contact_ids": [1, 2, 3, 4, 5]}, "contact ids 1, 2, 3 and 2 more"),
        ({"sources": {"model": 3, "template": 1}}, "sources model 3, template 1"),
        ({"corrections": [{"field": "email", "before": None, "after": "a@example.com"}]}, "email: – → a@example.com"),
        ({"corrections": "odd"}, "corrections odd"),
    ],
)
def test_metadata_is_told_in_words(metadata: dict[str, object] | None, words: str) -> None:
    assert told(metadata) == words
