"""Two sides of one card as one reading."""

import pytest

from lib.cards import Card, NoTextFound, PhotoUnreadable, Reading, raw_data
from lib.cards.codes import Code, cards_of
from lib.cards.gate import UNCONFIRMED_DOMAIN
from lib.cards.kinship import is_better_front, is_nobody, is_same_person, shares_company
from lib.cards.merge import merge_codes
from lib.cards.sides import DIFFERENT_SIDES, ON_OTHER_SIDE, merge_sides, read_sides
from lib.cards.stored import BY_HAND, card_of, reading_of
from lib.errors import StorageUnavailable
from tests.unit.cards.cards import Row, read
from tests.unit.cards.test_codes import BOX, JANE

FRONT: tuple[Row, ...] = (
    ("Nordhaven Robotics Inc.", 1.2),
    ("Jane Miller", 1.6),
    "Head of Marketing",
    "T +1 212 555 0123",
    "jane.miller@nordhaven.com",
    "www.nordhaven.com",
)
COLLEAGUE: tuple[Row, ...] = (
    ("Nordhaven Robotics Inc.", 1.2),
    ("Tom Becker", 1.6),
    "Sales Director",
    "T +1 212 555 0123",
    "tom.becker@nordhaven.com",
    "www.nordhaven.com",
)
COMPANY_BACK: tuple[Row, ...] = (
    ("Nordhaven Robotics Inc.", 1.4),
    "48 Mercer Street, New York, NY 10013",
    "www.nordhaven.com",
)
COLUMNS = ("full_name", "email", "company", "title", "phone", "linkedin_url")


def as_reading(card: Card) -> Reading:
    return Reading(engine="rapidocr", engine_version="3", seconds=0.5, cards=(card,))


def bare() -> Reading:
    raise NoTextFound


def broken() -> Reading:
    raise PhotoUnreadable("The file is damaged.", "Upload it again.")


def unreachable() -> Reading:
    raise StorageUnavailable("The image store could not be read.", "Check it.")


def values(card: Card) -> dict[str, str]:
    return {name: field.value for name, field in card.fields.items()}


def both(front: tuple[Row, ...], back: tuple[Row, ...]) -> Card:
    return merge_sides(read(*front), read(*back))


def test_the_back_adds_what_the_front_lacks_and_says_where_it_stands():
    card = both(FRONT[:-1], ("Jane Miller", "linkedin.com/in/jane-miller"))
    assert card.fields["linkedin_url"].value == "https://www.linkedin.com/in/jane-miller"
    assert ON_OTHER_SIDE in card.fields["linkedin_url"].evidence
    assert not any(ON_OTHER_SIDE in card.fields[name].evidence for name in ("full_name", "email", "phone"))
    assert card.lines == read(*FRONT[:-1]).lines


@pytest.mark.parametrize(
    "back",
    [
        COMPANY_BACK,
        (("NORDHAVEN", 3.0),),
        (("Building Better Futures", 2.0), "www.nordhaven.com"),
        (("Tomorrow Works", 2.0), "48 Mercer Street, New York, NY 10013", "T +1 212 555 0199"),
        ("Scan me",),
    ],
)
def test_a_back_that_speaks_of_no_person_is_no_reason_to_look(back):
    front = read(*FRONT)
    assert front.status == "completed"
    card = merge_sides(front, read(*back))
    assert (card.status, card.reasons) == ("completed", ())
    assert {name: values(card)[name] for name in front.fields} == values(front)


def test_a_front_that_speaks_of_no_person_contradicts_nobody():
    card = both((("Building Better Futures", 2.0), "www.nordhaven.com"), FRONT)
    assert card.status == "completed"
    assert values(card)["full_name"] == "Jane Miller"
    assert values(card)["company"] == "Nordhaven Robotics Inc."


def test_sides_that_contradict_each_other_are_for_a_person_to_look_at():
    card = both(FRONT, (*FRONT[:4], "jane@nordhaven.com", "www.nordhaven.com"))
    assert card.status == "pending_review"
    assert "The other side has a different e-mail address." in card.reasons
    assert card.extra["conflicts"] == [
        {
            "field": "email",
            "kept": "jane.miller@nordhaven.com",
            "other": "jane@nordhaven.com",
            "source": "the other side",
        }
    ]


def test_of_two_equally_sure_values_the_fronts_stands():
    card = both(FRONT, (*FRONT[:3], "T +1 212 555 0177", *FRONT[4:]))
    assert values(card)["phone"] == "+12125550123"
    assert card.extra["conflicts"][0]["other"] == "+12125550177"


@pytest.mark.parametrize("turned", [False, True], ids=["latin front", "latin back"])
def test_the_same_person_in_another_script_is_no_contradiction(turned):
    japanese = (("山田 太郎", 1.6), "営業部長", ("株式会社ノルドハーフェン", 1.2), "taro.yamada@nordhaven.jp")
    latin = (("Nordhaven Inc.", 1.2), ("Taro Yamada", 1.6), "Sales Director", "taro.yamada@nordhaven.jp")
    front, back = (japanese, latin) if turned else (latin, japanese)
    card = both(front, back)
    assert values(card)["full_name"] == "Taro Yamada"
    assert values(card)["company"] == "Nordhaven Inc."
    assert "conflicts" not in card.extra
    assert not [reason for reason in card.reasons if "different" in reason]
    assert card.extra["other_script"]["full_name"].replace(" ", "") == "山田太郎"


def test_name_and_address_on_different_sides_must_prove_each_other():
    fitting = both((("Jane Miller", 1.6), "Head of Marketing"), ("jane.miller@nordhaven.com", "www.nordhaven.com"))
    assert DIFFERENT_SIDES not in fitting.reasons
    strange = both((("Jane Miller", 1.6), "Head of Marketing"), ("t.becker@nordhaven.com", "www.nordhaven.com"))
    assert DIFFERENT_SIDES in strange.reasons
    assert strange.status == "pending_review"


def test_a_website_on_the_back_confirms_the_domain_of_the_address():
    front = read(("Jane Miller", 1.6), "Head of Marketing", "jane.miller@nordhaven.com")
    assert front.reasons == (UNCONFIRMED_DOMAIN,)
    assert merge_sides(front, read("www.nordhaven.com")).status == "completed"
    assert merge_sides(front, read("www.foxglove.de")).status == "pending_review"


def test_a_code_on_the_back_is_as_sure_as_on_the_front():
    code = Code(text=JANE, format="QR Code", box=BOX)
    back = merge_codes(read("Scan me"), cards_of([code], lambda box: box, "US"))
    card = merge_sides(read(*FRONT[:2], "Head of Marketing"), back)
    assert values(card)["email"] == "jane.miller@nordhaven.com"
    assert card.extra["codes"][0]["text"] == JANE
    assert card.status == "completed"


def test_what_each_side_says_alone_is_kept():
    first, second = as_reading(read(*FRONT)), as_reading(read(*COMPANY_BACK))
    reading = read_sides(lambda: first, lambda: second)
    raw = raw_data(reading, 0)
    assert [line["text"] for line in raw["lines"]][1] == "Jane Miller"
    assert raw["extra"]["sides"]["back"] == raw_data(second, 0)
    assert {**raw["extra"]["sides"]["front"], "lines": raw["lines"]} == raw_data(first, 0)
    assert reading.seconds == 1.0


def test_a_back_without_text_leaves_the_front_as_it_is():
    first = as_reading(read(*FRONT))
    card = read_sides(lambda: first, bare).cards[0]
    assert (card.status, card.fields) == ("completed", first.cards[0].fields)
    assert "No text" in card.extra["sides"]["back"]["error"]


def test_a_front_without_text_leaves_it_to_the_back():
    second = as_reading(read(*FRONT))
    card = read_sides(bare, lambda: second).cards[0]
    assert card.status == "completed"
    assert values(card) == values(second.cards[0])
    assert ON_OTHER_SIDE in card.fields["full_name"].evidence


def test_a_damaged_back_is_said_and_the_front_is_read():
    card = read_sides(lambda: as_reading(read(*FRONT)), broken).cards[0]
    assert card.status == "pending_review"
    assert card.reasons == ("The other side was not read. The file is damaged. Upload it again.",)


def test_two_sides_without_text_fail_as_one_does():
    with pytest.raises(NoTextFound):
        read_sides(bare, bare)


@pytest.mark.parametrize("sides", [(unreachable, bare), (bare, unreachable)])
def test_a_fault_that_passes_is_nobodys_side(sides):
    with pytest.raises(StorageUnavailable):
        read_sides(*sides)


def test_a_stored_reading_comes_back_as_it_was():
    reading = as_reading(read(*FRONT))
    stored = raw_data(reading, 0)
    now = {name: values(reading.cards[0]).get(name) for name in COLUMNS}
    assert reading_of(stored, now) == reading
    assert reading_of({}, dict.fromkeys(COLUMNS)) is None
    assert is_nobody(card_of({}))


def test_what_a_person_wrote_stands_above_what_was_read():
    stored = raw_data(as_reading(read(*FRONT)), 0)
    now = {name: values(read(*FRONT)).get(name) for name in COLUMNS} | {"title": "CMO", "phone": None}
    card = reading_of(stored, now).cards[0]
    assert "phone" not in card.fields
    merged = merge_sides(card, read(*FRONT))
    assert merged.fields["title"].value == "CMO"
    assert BY_HAND in merged.fields["title"].evidence


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (("Jane Miller", "jane.miller@nordhaven.com"), True),
        (("MILLER, Jane", "linkedin.com/in/jane-miller"), True),
        (("ジェーン ミラー", "jane.miller@nordhaven.com"), True),
        ((("Jane Miller", 1.6), "Chief of Staff", "jane@example.org"), False),
        ((("Tom Becker", 1.6), "Sales Director", "jane.miller@nordhaven.com"), False),
        (COLLEAGUE, False),
        (COMPANY_BACK, False),
        (("Jane",), False),
    ],
)
def test_one_person_is_known_by_address_or_full_name_alone(other, same):
    assert is_same_person(read(*FRONT), read(*other)) is same
    assert is_same_person(read(*other), read(*FRONT)) is same


def test_a_mailbox_of_the_whole_office_proves_nothing():
    first = read(("Jane Miller", 1.6), "Head of Marketing", "info@nordhaven.com")
    second = read(("Tom Becker", 1.6), "Sales Director", "info@nordhaven.com")
    assert not is_same_person(first, second)


def test_two_of_one_name_at_different_companies_are_two():
    first = read(("Acme Optics Ltd", 1.2), ("Jane Miller", 1.6), "Head of Marketing", "www.acme-optics.com")
    second = read(("Foxglove Studio GmbH", 1.2), ("Jane Miller", 1.6), "Founder", "www.foxglove.de")
    assert not is_same_person(first, second)


def test_a_side_of_the_company_shares_its_domain():
    assert is_nobody(read(*COMPANY_BACK))
    assert shares_company(read(*FRONT), read(*COMPANY_BACK))
    assert not shares_company(read(*FRONT), read(("Foxglove Studio GmbH", 1.2), "www.foxglove.de"))


def test_the_better_front_says_who_it_is():
    assert is_better_front(read(*FRONT), read(*COMPANY_BACK))
    assert not is_better_front(read(*FRONT), read(*COLLEAGUE))
