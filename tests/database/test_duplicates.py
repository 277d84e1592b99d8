"""One person on two cards is found; two people who look alike are not taken for one."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import URL, Connection, text

from lib.cards.words import word_list
from lib.contacts.alike import compare_names, is_role_mailbox, role_mailboxes
from lib.contacts.duplicates import find, forget_different, list_pairs, mark_different
from lib.contacts.events import EventDetails, add_event
from lib.database.engine import make_engine
from lib.errors import NotFound, NotValid

JANE = {"full_name": "Jane Miller", "email": "jane.miller@nordhaven.example.com", "company": "Nordhaven GmbH"}
OFFICE = "+493090182000"
MOBILE = "+4917630112233"
Card = dict[str, Any]


def card(full_name: str | None, company: str | None = None, email: str | None = None, **more: Any) -> Card:
    return {"full_name": full_name, "company": company, "email": email, **more}


def add(db: Connection, **values: Any) -> int:
    row = {"full_name": "IMG_1.jpg", "status": "completed", **{name: kept for name, kept in values.items() if kept}}
    columns, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
    return int(db.execute(text(f"insert into contacts ({columns}) values ({marks}) returning id"), row).scalar_one())


# What a person would say of two cards: one person beyond doubt, probably one, or two.
LABELLED: list[tuple[str, str, Card, Card]] = [
    ("exact", "one address, other capitals", JANE, card("J. Miller", email=JANE["email"].upper())),
    ("exact", "one address, a misread name", JANE, card("Jane Mi1ler", email=JANE["email"])),
    ("exact", "one address, no name", JANE, card(None, email=JANE["email"])),
    ("exact", "one address, married", JANE, card("Jane Miller-Fox", email=JANE["email"])),
    ("exact", "one number and name", card("Tom Becker", phone=MOBILE), card("Becker, Tom", phone=MOBILE)),
    ("exact", "one number, nickname", card("Bob Fox", "Foxglove", phone=MOBILE), card("Robert Fox", phone=MOBILE)),
    ("likely", "words swapped", JANE, card("Miller Jane", "Nordhaven")),
    ("likely", "nickname", card("Bob Fox", "Foxglove Ltd."), card("Robert Fox", "Foxglove Limited")),
    ("likely", "initial", JANE, card("J. Miller", "Nordhaven")),
    ("likely", "accents", card("José Núñez", "Solera S.A."), card("Jose Nunez", "Solera")),
    ("likely", "umlauts", card("Jürgen Müller", "Fuchsbau KG"), card("Juergen Mueller", "Fuchsbau")),
    ("likely", "a letter misread", card("Martin Beckmann", "Foxglove"), card("Martin Beckrnann", "Foxglove")),
    ("likely", "a second name", card("Anna Maria Huber", "Alpenwerk AG"), card("Anna Huber", "Alpenwerk")),
    ("likely", "a title", card("Dr. Lena Vogt", "Foxglove"), card("Lena Vogt, PhD", "Foxglove")),
    ("likely", "company by domain", JANE, card("Jane Miller", "NH Group", "jane@nordhaven.example.com")),
    ("likely", "Cyrillic", card("Александр Иванов", "Polyus"), card("Alexander Ivanov", "Polyus")),
    ("likely", "Cyrillic company", card("Юрий Чехов", "Полюс"), card("Yuri Chekhov", "Polyus")),
    ("likely", "family name first", card("Yamada Taro", "Sakura KK"), card("Taro Yamada", "Sakura")),
    ("likely", "characters, no space", card("山田太郎", "桜商事"), card("山田 太郎", "桜商事")),
    ("likely", "characters, swapped", card("太郎 山田", "株式会社桜商事"), card("山田 太郎", "桜商事")),
    ("likely", "two jobs, one mobile", card("Ida Lund", "Fjord AS", phone=MOBILE), card("Ida Lund", "Havn", phone=MOBILE)),
    (
        "likely",
        "two jobs, one page",
        card("Ida Lund", "Fjord AS", linkedin_url="https://www.linkedin.com/in/idalund"),
        card("Ida Lund", "Havn", linkedin_url="https://linkedin.com/in/idalund/"),
    ),
    ("likely", "one card without company", card("Xenia Vandermolen", "Foxglove"), card("Xenia Vandermolen")),
    ("likely", "office's address, one name", JANE | {"email": "info@nordhaven.example.com"}, JANE | {"email": None}),
    ("none", "one mailbox each, one company not known", JANE, card("Jane Miller", email="jane@gmail.com")),
    ("none", "companies of one trade", card("Ida Lund", "Ara Logistics"), card("Ida Lund", "Agrwal Logistics")),
    ("likely", "a misread company", card("Ida Lund", "Nordhaven Logistik"), card("Ida Lund", "Nordhavn Logistik")),
    ("none", "office's address", card("Jane Miller", email="info@x.example.com"), card("Tom Fox", email="info@x.example.com")),
    ("none", "father and son", card("Hans Becker", "Becker Bau", phone=OFFICE), card("Peter Becker", "Becker Bau", phone=OFFICE)),
    ("none", "father and son of one name", card("Hans Becker sen.", "Becker Bau"), card("Hans Becker jun.", "Becker Bau")),
    (
        "none",
        "colleagues with number and domain",
        card("Tom Becker", "Foxglove", "tom.becker@foxglove.example.com", phone=OFFICE),
        card("Jane Fox", "Foxglove", "jane.fox@foxglove.example.com", phone=OFFICE),
    ),
    ("none", "namesakes", card("John Smith", "Acme Inc.", "js@acme.example.com"), card("John Smith", "Foxglove", "j@foxglove.example.com")),
    ("none", "Martin and Martina", card("Martin Becker", "Becker Bau"), card("Martina Becker", "Becker Bau")),
    ("none", "siblings with one initial", card("Jane Fox", "Foxglove"), card("Jack Fox", "Foxglove")),
    ("none", "one company, one given name", card("Anna Huber", "Alpenwerk"), card("Anna Vogt", "Alpenwerk")),
    (
        "none",
        "one letter, two mailboxes",
        card("Lena Hofmann", "Foxglove", "lena.hofmann@foxglove.example.com"),
        card("Lena Hoffmann", "Foxglove", "l.hoffmann@foxglove.example.com"),
    ),
    ("none", "characters of another", card("山田 太郎", "桜商事"), card("山田 花子", "桜商事")),
    ("none", "switchboard", card("Ivo Katz", "Acme", phone=OFFICE), card("Olga Brandt", "Acme", phone=OFFICE)),
    ("none", "company alone", card(None, "Foxglove", phone=OFFICE), card("Jane Fox", "Foxglove", phone=OFFICE)),
]  # fmt: skip


def verdict(db: Connection, one: Card, other: Card) -> str:
    first, second = add(db, **one), add(db, **other)
    found = {duplicate.contact_id: duplicate for duplicate in find(db, first)}
    back = {duplicate.contact_id: duplicate for duplicate in find(db, second)}
    assert (second in found) == (first in back)
    db.execute(text("delete from contacts where id = any(:ids)"), {"ids": [first, second]})
    return "none" if second not in found else "exact" if found[second].is_exact else "likely"


@pytest.mark.parametrize(("wanted", "one", "other"), [
    pytest.param(wanted, one, other, id=f"{wanted}: {name}") for wanted, name, one, other in LABELLED
])  # fmt: skip
def test_two_cards_are_one_person_as_a_person_would_say(db: Connection, wanted: str, one: Card, other: Card) -> None:
    assert verdict(db, one, other) == wanted


@pytest.fixture
def without_trigrams(database_url: URL) -> Iterator[Connection]:
    """A database whose server has no pg_trgm."""
    engine = make_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("drop extension if exists pg_trgm cascade"))
        yield connection
    engine.dispose()


def test_precision_and_recall_need_no_extension(without_trigrams: Connection) -> None:
    said = [(wanted, verdict(without_trigrams, one, other)) for wanted, _, one, other in LABELLED]
    right = sum(wanted != "none" and found != "none" for wanted, found in said)
    assert right / sum(found != "none" for _, found in said) == 1.0
    assert right / sum(wanted != "none" for wanted, _ in said) == 1.0


def test_the_reasons_are_said_and_the_surest_comes_first(db: Connection) -> None:
    event_id = add_event(db, EventDetails(name="Fair", date=dt.date(2026, 4, 20)))
    this = add(db, **JANE, phone=MOBILE)
    likely = add(db, full_name="Jane Miller", company="Nordhaven")
    exact = add(db, **JANE, phone=MOBILE, event_id=event_id)
    found = find(db, this)
    assert [duplicate.contact_id for duplicate in found] == [exact, likely]
    assert found[0].reasons == ("Same e-mail address", "Same phone number")
    assert found[1].reasons == ("Same name at the same company",)
    assert found[0].score > found[1].score
    assert find(db, this, limit=1) == found[:1]


def test_one_still_being_read_is_nobodys_duplicate(db: Connection) -> None:
    this, other = add(db, **JANE), add(db, **JANE, status="processing")
    assert (find(db, this), find(db, other), list_pairs(db)) == ([], [], [])
    assert find(db, 4711) == []


def test_two_marked_as_different_are_not_proposed_until_that_is_undone(db: Connection) -> None:
    this, other = add(db, **JANE), add(db, **JANE)
    mark_different(db, other, this)
    mark_different(db, this, other)
    assert (find(db, this), find(db, other), list_pairs(db)) == ([], [], [])
    said = db.execute(text("select entity_id, metadata ->> 'different_from' from activity_logs order by id limit 2"))
    assert [tuple(row) for row in said] == [(other, str(this)), (this, str(other))]
    forget_different(db, this, other)
    assert [found.contact_id for found in find(db, other)] == [this]


def test_only_two_that_are_there_can_be_marked(db: Connection) -> None:
    this = add(db, **JANE)
    with pytest.raises(NotValid):
        mark_different(db, this, this)
    with pytest.raises(NotFound):
        mark_different(db, this, 4711)


def test_pairs_are_listed_exact_ones_first_and_by_pages(db: Connection) -> None:
    likely = [add(db, full_name="Bob Fox", company="Foxglove"), add(db, full_name="Robert Fox", company="Foxglove")]
    exact = [add(db, **JANE, phone=MOBILE) for _ in range(3)]
    for name in ("Jane Fox", "Tom Becker"):
        add(db, full_name=name, email="office@foxglove.example.com", phone=OFFICE)
    pairs = list_pairs(db)
    assert [(pair.contact_id, pair.other_id) for pair in pairs] == [tuple(exact[:2]), tuple(exact[1:]), tuple(likely)]
    assert [pair.is_exact for pair in pairs] == [True, True, False]
    assert [list_pairs(db, limit=1, offset=place) for place in range(4)] == [[pair] for pair in pairs] + [[]]


def test_a_name_that_many_have_says_nothing_without_a_company(db: Connection) -> None:
    this = add(db, full_name="John Smith")
    namesakes = [add(db, full_name="John Smith", company="Acme"), add(db, full_name="John Smith", company="Foxglove")]
    assert find(db, this) == []
    assert [found.contact_id for found in find(db, namesakes[0])] == [this]


def test_a_crowd_with_one_number_and_name_hides_nobody(db: Connection) -> None:
    this = add(db, full_name="John Smith", company="Foxglove", phone=OFFICE)
    for number in range(300):
        add(db, full_name="John Smith", company=f"{number} Ltd", email=f"john@{number}.example.com")
        add(db, full_name=f"Ann{number} Vogt", company="Foxglove", phone=OFFICE)
    other = add(db, full_name="John Smith", company="Foxglove Inc.")
    assert [found.contact_id for found in find(db, this)] == [other]


SOUNDS: list[tuple[str, str | None, str | None]] = [
    ("name_key", "Dr. Jürgen Müller", "muler urgen"),
    ("name_key", "Mueller, Juergen", "muler urgen"),
    ("name_key", "АНТОН Чехов", "anton cekov"),
    ("name_key", "Anton Chekhov", "anton cekov"),
    ("name_key", "太郎 山田", "太 山 田 郎"),
    ("name_key", "J. Miller", None),
    ("name_key", "IMG_1.jpg", None),
    ("name_key", None, None),
    ("company_start", "The Acme Co., Ltd.", "acme"),
    ("company_start", "株式会社 山田商事", "山田商事"),
    ("company_start", " & ", None),
    ("company_domain", "jane@GMAIL.com", None),
    ("company_domain", "jane@Foxglove.example.com", "foxglove.example.com"),
]


@pytest.mark.parametrize(("function", "said", "key"), SOUNDS)
def test_names_and_companies_are_looked_up_by_sound(
    db: Connection, function: str, said: str | None, key: str | None
) -> None:
    assert db.execute(text(f"select {function}(cast(:said as text))"), {"said": said}).scalar() == key


def test_an_offices_mailbox_is_what_the_reader_takes_for_one() -> None:
    assert set(role_mailboxes()) >= set(word_list("mailboxes"))
    assert is_role_mailbox("Info@x.example.com")
    assert is_role_mailbox("sales2@x.example.com")
    assert not is_role_mailbox("jane.miller@x.example.com")


def test_a_name_without_the_other_one_proves_nothing() -> None:
    assert compare_names("Jane Miller", None) is None
    assert compare_names("山田 太郎", "Taro Yamada") is None
    assert compare_names("Miller", "Jane Miller") == 0
