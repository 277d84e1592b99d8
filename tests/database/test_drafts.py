import dataclasses
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Connection, text

from lib.contacts.suppressions import add_suppression
from lib.errors import NotFound, NotValid
from lib.outreach.drafts import (
    Draft,
    Show,
    approve_all,
    approve_drafts,
    approve_reason,
    find_drafts,
    get_draft,
    list_drafts,
    restore_draft,
    unapprove_drafts,
    update_draft,
)
from tests.outreach_data import add_person, add_two, add_written

WITH_GAP = "Hi, how is [company?] doing?"


def write(db: Connection, **personalization: Any) -> list[Draft]:
    """Return two drafts of a new campaign."""
    return list_drafts(db, add_written(db, add_two(db), **personalization))


def names(drafts: Sequence[Draft]) -> list[str | None]:
    return [draft.full_name for draft in drafts]


def test_an_edited_draft_keeps_what_was_generated(db: Connection) -> None:
    draft = write(db)[0]
    update_draft(db, draft.id, "Second", "two")
    after = update_draft(db, draft.id, "Third\nline", "three")
    assert (after.subject, after.body, after.is_edited) == ("Third line", "three", True)
    assert after.generated == (draft.subject, draft.body)


def test_a_draft_saved_unchanged_is_not_edited(db: Connection) -> None:
    draft = write(db)[0]
    assert update_draft(db, draft.id, draft.subject, draft.body) == dataclasses.replace(draft)


@pytest.mark.parametrize(("subject", "body", "problem"), [(" ", "text", "no subject"), ("Hello", "\n", "no body")])
def test_a_draft_cannot_lose_its_subject_or_body(db: Connection, subject: str, body: str, problem: str) -> None:
    draft = write(db)[0]
    with pytest.raises(NotValid, match=problem):
        update_draft(db, draft.id, subject, body)


def test_a_draft_that_is_gone_cannot_be_edited(db: Connection) -> None:
    with pytest.raises(NotFound):
        update_draft(db, 4711, "Hello", "text")


def test_the_generated_text_can_be_had_back(db: Connection) -> None:
    draft = write(db)[0]
    update_draft(db, draft.id, "Mine", "All mine")
    after = restore_draft(db, draft.id)
    assert (after.subject, after.body, after.is_edited) == (draft.subject, draft.body, False)
    assert "generated" not in after.personalization_data


def test_restoring_what_nobody_edited_changes_nothing(db: Connection) -> None:
    draft = write(db)[0]
    approve_drafts(db, [draft.id])
    assert restore_draft(db, draft.id) == get_draft(db, draft.id)
    assert restore_draft(db, draft.id).approved_at is not None


def test_an_edit_takes_the_approval_away(db: Connection) -> None:
    draft = write(db, flags=["An unknown name."])[0]
    approve_drafts(db, [draft.id])
    after = update_draft(db, draft.id, "Mine", "All mine")
    assert (after.approved_at, after.approved_reasons) == (None, [])


def test_approving_accepts_the_reasons_that_stand_today(db: Connection) -> None:
    draft = write(db, flags=["An unknown name."])[0]
    assert approve_drafts(db, [draft.id]) == 1
    after = get_draft(db, draft.id)
    assert after is not None
    assert (after.approved_reasons, after.open_reasons) == (["flagged"], [])
    assert approve_drafts(db, [draft.id]) == 0


def test_a_reason_that_comes_up_later_is_open_again(db: Connection) -> None:
    draft = write(db)[0]
    approve_drafts(db, [draft.id])
    db.execute(text("update email_drafts set body = :body where id = :id"), {"body": WITH_GAP, "id": draft.id})
    after = get_draft(db, draft.id)
    assert after is not None
    assert after.open_reasons == ["missing_value"]
    assert approve_drafts(db, [draft.id]) == 1


def test_an_approval_can_be_taken_back(db: Connection) -> None:
    first, second = write(db, flags=["An unknown name."])
    approve_drafts(db, [first.id, second.id])
    assert unapprove_drafts(db, [first.id]) == 1
    after = get_draft(db, first.id)
    assert after is not None
    assert (after.approved_at, after.open_reasons) == (None, ["flagged"])


def test_all_that_are_found_are_approved_and_no_others(db: Connection) -> None:
    first, second = write(db)
    assert approve_all(db, first.campaign_id, search="ada") == 1
    assert names(list_drafts(db, first.campaign_id, show="approved")) == ["Ada Example"]
    assert names(list_drafts(db, first.campaign_id, show="not approved")) == [second.full_name]


def test_one_reason_can_be_accepted_for_all(db: Connection) -> None:
    first, second = write(db, flags=["An unknown name."])
    db.execute(text("update email_drafts set body = :body where id = :id"), {"body": WITH_GAP, "id": second.id})
    assert approve_reason(db, first.campaign_id, "flagged") == 2
    drafts = list_drafts(db, first.campaign_id)
    assert [draft.open_reasons for draft in drafts] == [[], ["missing_value"]]
    assert [draft.approved_at is not None for draft in drafts] == [True, False]
    assert approve_reason(db, first.campaign_id, "flagged") == 0


def test_an_opt_out_is_a_reason_nobody_can_accept(db: Connection) -> None:
    draft = write(db)[0]
    add_suppression(db, "ada@example.com")
    approve_drafts(db, [draft.id])
    after = get_draft(db, draft.id)
    assert after is not None
    assert after.open_reasons == ["opted_out"]
    assert names(list_drafts(db, draft.campaign_id, show="to look at")) == ["Ada Example"]


@pytest.mark.parametrize(
    ("show", "found"),
    [
        ("all", ["Ada Example", "Ben Sample", "Cleo Example", "Dan Sample"]),
        ("edited", ["Ada Example"]),
        ("approved", ["Ben Sample"]),
        ("to look at", ["Cleo Example"]),
        ("not approved", ["Ada Example", "Cleo Example", "Dan Sample"]),
    ],
)
def test_drafts_are_found_by_what_became_of_them(db: Connection, show: Show, found: list[str]) -> None:
    ids = [
        *add_two(db),
        *(add_person(db, name, f"{name[:3]}@example.com") for name in ("Cleo Example", "Dan Sample")),
    ]
    ada, ben, cleo, _ = list_drafts(db, add_written(db, ids))
    update_draft(db, ada.id, "Mine", "All mine")
    approve_drafts(db, [ben.id])
    db.execute(text("update email_drafts set body = :body where id = :id"), {"body": WITH_GAP, "id": cleo.id})
    assert names(list_drafts(db, ada.campaign_id, show=show)) == found
    assert find_drafts(db, ada.campaign_id, show=show).count == len(found)


@pytest.mark.parametrize(
    ("search", "count"), [("BEN@example.com", 1), ("example optics", 1), ("a", 2), ("nobody", 0)]
)
def test_drafts_are_found_by_their_contact(db: Connection, search: str, count: int) -> None:
    campaign_id = write(db)[0].campaign_id
    assert len(list_drafts(db, campaign_id, search=search)) == count
    assert find_drafts(db, campaign_id, search=search).count == count


def test_drafts_come_page_by_page(db: Connection) -> None:
    drafts = write(db)
    pages = [find_drafts(db, drafts[0].campaign_id, limit=1, offset=offset) for offset in (0, 1)]
    assert [page.drafts for page in pages] == [drafts[:1], drafts[1:]]
    assert [page.count for page in pages] == [2, 2]


def test_past_the_end_comes_the_last_page_of_drafts(db: Connection) -> None:
    drafts = write(db)
    assert find_drafts(db, drafts[0].campaign_id, limit=1, offset=7).drafts == drafts[1:]
