import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from lib import settings as settings_module
from lib.contacts import suppressions
from lib.contacts.erasing import erase
from lib.contacts.suppressions import (
    SuppressionKeyLost,
    add_suppression,
    add_suppressions_csv,
    check_key,
    count_suppressions,
    delete_suppression,
    find_suppressed,
    is_suppressed,
    list_matches,
    list_opted_out,
    list_suppressions,
    recall_opted_out,
)
from lib.errors import NotValid
from lib.settings import ROOT
from tests.outreach_data import add_campaign_for, add_person, add_two

pytestmark = pytest.mark.usefixtures("home")


def test_an_address_on_the_list_is_known_again_in_any_spelling(db: Connection) -> None:
    assert add_suppression(db, "Jane.Doe+fair@GoogleMail.com")
    assert is_suppressed(db, "janedoe@gmail.com")
    assert not is_suppressed(db, "john@gmail.com")


def test_a_domain_on_the_list_stops_its_subdomains_and_no_neighbours(db: Connection) -> None:
    add_suppression(db, "@Example.com")
    assert is_suppressed(db, "ada@mail.example.com")
    assert not is_suppressed(db, "ada@badexample.com")
    assert not is_suppressed(db, "ada@example.com.example.org")


def test_nothing_of_an_address_is_stored(db: Connection) -> None:
    add_suppression(db, "ada@example.com", note="Asked by phone")
    stored = str(db.execute(text("select suppressions from suppressions")).scalar_one())
    assert "ada" not in stored
    assert "example" not in stored
    assert "Asked by phone" in stored


def test_an_entry_that_is_there_keeps_its_note(db: Connection) -> None:
    add_suppression(db, "ada@example.com", note="first")
    assert not add_suppression(db, "ADA@example.com", note="second")
    assert [entry.note for entry in list_suppressions(db)] == ["first"]


def test_an_entry_can_be_taken_off_the_list(db: Connection) -> None:
    add_suppression(db, "ada@example.com")
    [entry] = list_matches(db, "ada@example.com")
    assert delete_suppression(db, entry.id)
    assert not is_suppressed(db, "ada@example.com")
    assert not delete_suppression(db, entry.id)


def test_what_stops_an_address_is_told(db: Connection) -> None:
    add_suppression(db, "ada@mail.example.com")
    add_suppression(db, "example.com", note="The whole company")
    assert [entry.kind for entry in list_matches(db, "ada@mail.example.com")] == ["address", "domain"]
    assert [entry.note for entry in list_matches(db, "mail.example.com")] == ["The whole company"]
    assert list_matches(db, "ada@example.org") == []


def test_what_cannot_be_an_address_is_refused(db: Connection) -> None:
    with pytest.raises(NotValid, match="neither an e-mail address nor a domain"):
        add_suppression(db, "Ada Example")


def test_the_opted_out_of_a_campaign_are_those_of_its_group(db: Connection) -> None:
    ada, ben = add_two(db)
    stranger = add_person(db, "Cleo Elsewhere", "cleo@example.org")
    campaign_id = add_campaign_for(db, [ada, ben])
    assert list_opted_out(db, campaign_id) == []
    for address in ("ben@example.com", "cleo@example.org"):
        add_suppression(db, address)
    assert list_opted_out(db, campaign_id) == [ben]
    assert find_suppressed(db, {stranger: "cleo@example.org", 0: None}) == {stranger}


def test_what_is_remembered_of_a_campaign_follows_list_addresses_and_group(db: Connection) -> None:
    ada, ben = add_two(db)
    campaign_id = add_campaign_for(db, [ada, ben])
    changes = (
        "select 1",
        "update contacts set email = 'free@example.com' where id = :ben",
        "update contacts set email = 'ben@example.com' where id in (:ada, :ben)",
        "delete from lead_group_contacts where contact_id = :ben",
        "delete from suppressions where id = (select min(id) from suppressions)",
    )
    for address in ("ben@example.com", "other@example.com"):
        add_suppression(db, address)
    found = []
    for change in changes:
        db.execute(text(change), {"ada": ada, "ben": ben} if ":" in change else {})
        assert recall_opted_out(db, campaign_id) == list_opted_out(db, campaign_id)
        found.append(recall_opted_out(db, campaign_id))
    assert found == [[ben], [], [ada, ben], [ada], []]


def test_two_contacts_who_swap_addresses_are_told_apart(db: Connection) -> None:
    ada, ben = add_two(db)
    campaign_id = add_campaign_for(db, [ada, ben])
    add_suppression(db, "ben@example.com")
    assert recall_opted_out(db, campaign_id) == [ben]
    swap = "update contacts set email = case id when :ada then 'ben@example.com' else 'ada@example.com' end"
    db.execute(text(swap), {"ada": ada})
    assert recall_opted_out(db, campaign_id) == [ada]


def test_what_did_not_change_is_remembered(db: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, ben = add_two(db)
    campaign_id = add_campaign_for(db, [ada, ben])
    add_suppression(db, "ben@example.com")
    recall_opted_out(db, campaign_id)
    monkeypatch.setattr(suppressions, "list_opted_out", lambda *_: pytest.fail("looked up again"))
    assert recall_opted_out(db, campaign_id) == [ben]


def test_who_left_the_group_but_has_a_draft_is_found_too(db: Connection) -> None:
    ada, ben = add_two(db)
    campaign_id = add_campaign_for(db, [ada, ben])
    insert = "insert into email_drafts (campaign_id, contact_id, subject, body) values (:campaign, :ada, 's', 'b')"
    db.execute(text(insert), {"campaign": campaign_id, "ada": ada})
    db.execute(text("delete from lead_group_contacts where contact_id = :ada"), {"ada": ada})
    add_suppression(db, "ada@example.com")
    assert list_opted_out(db, campaign_id) == [ada]


def test_an_opt_out_outlives_the_contact(db: Connection) -> None:
    ada, ben = add_two(db)
    add_suppression(db, "ada@example.com", source="contact")
    erase(db, [ada])
    again = add_person(db, "Ada Example", "ada@example.com")
    assert list_opted_out(db, add_campaign_for(db, [again, ben])) == [again]


def test_a_file_adds_what_is_new_and_lists_what_it_refuses(db: Connection) -> None:
    add_suppression(db, "ada@example.com")
    data = b"Email\nada@example.com\nben@example.com\nBEN@example.com\nnobody\n"
    added = add_suppressions_csv(db, data, note="Unsubscribed in spring")
    assert (added.added, added.already) == (1, 2)
    assert [(line.line, line.text) for line in added.refused] == [(5, "nobody")]
    assert list_suppressions(db, search="SPRING")[0].source == "file"


def test_entries_are_found_by_their_note_and_paged(db: Connection) -> None:
    for number in range(3):
        add_suppression(db, f"p{number}@example.com", note=f"100% sure {number}")
    assert [entry.note for entry in list_suppressions(db, limit=1, offset=1)] == ["100% sure 1"]
    assert count_suppressions(db, search="100%") == 3
    assert count_suppressions(db, search="_00% sure") == 0


def test_the_key_is_made_at_first_use_and_for_the_owner_alone(db: Connection, home: Path) -> None:
    assert not is_suppressed(db, "ada@example.com")
    assert not (home / "suppression.key").exists()
    add_suppression(db, "ada@example.com")
    assert stat.S_IMODE((home / "suppression.key").stat().st_mode) == 0o600
    assert [path.name for path in home.glob("suppression.key*")] == ["suppression.key"]


def test_without_its_key_the_list_stops_everything(db: Connection, home: Path) -> None:
    campaign_id = add_campaign_for(db, add_two(db))
    add_suppression(db, "ada@example.com")
    (home / "suppression.key").unlink()
    for act in (lambda: list_opted_out(db, campaign_id), lambda: add_suppression(db, "b@example.com")):
        with pytest.raises(SuppressionKeyLost, match=r"key is missing.*Restore .*suppression\.key") as raised:
            act()
    assert "SUPPRESSION_KEY" in raised.value.remedy
    assert not (home / "suppression.key").exists()


def test_another_key_is_told_from_the_lists_own(db: Connection, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_suppression(db, "ada@example.com")
    use_key(monkeypatch, "another key, long enough")
    with pytest.raises(SuppressionKeyLost, match="not the one it was made with"):
        check_key(db)
    use_key(monkeypatch, (home / "suppression.key").read_text())
    assert is_suppressed(db, "ada@example.com")


def test_a_list_emptied_by_hand_begins_anew_with_todays_key(db: Connection, home: Path) -> None:
    add_suppression(db, "ada@example.com")
    (home / "suppression.key").unlink()
    delete_suppression(db, list_suppressions(db)[0].id)
    add_suppression(db, "ada@example.com")
    assert is_suppressed(db, "ada@example.com")


def test_the_key_is_in_no_settings_text(monkeypatch: pytest.MonkeyPatch) -> None:
    use_key(monkeypatch, "a secret of the list")
    assert "a secret of the list" not in repr(settings_module.get_settings())


def test_processes_that_begin_together_share_one_key(home: Path) -> None:
    code = "from lib.contacts.suppression_key import _make_key; print(_make_key().decode())"
    makers = [
        subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env={**os.environ}, stdout=subprocess.PIPE)
        for _ in range(4)
    ]
    keys = {maker.communicate()[0] for maker in makers}
    assert keys == {(home / "suppression.key").read_bytes()}


def use_key(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("SUPPRESSION_KEY", key)
    settings_module.get_settings.cache_clear()
