"""What codes say, and what comes of it beside what is printed."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.cards.codes import Code, cards_of
from lib.cards.merge import merge_codes
from lib.cards.model import Card
from lib.cards.vcard import CodeContact, read_contact
from tests.unit.cards.cards import read

BOX = ((900.0, 400.0), (1100.0, 400.0), (1100.0, 600.0), (900.0, 600.0))
COMPANY = ("Nordhaven Robotics Inc.", 1.2)
PRINTED = (
    COMPANY,
    ("Jane Miller", 1.6),
    "Head of Marketing",
    "T +1 212 555 0123",
    "jane.miller@nordhaven.com",
    "www.nordhaven.com",
)


def vcard(*lines: str, version: str = "3.0") -> str:
    return "\r\n".join(["BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""])


def contact(text: str, region: str = "US") -> CodeContact:
    found = read_contact(text, region=region)
    assert found is not None
    return found


def fields(text: str, region: str = "US") -> dict[str, str]:
    return contact(text, region).fields


def with_code(*texts: str, printed=PRINTED) -> Card:
    codes = [Code(text=text, format="QR Code", box=BOX) for text in texts]
    return merge_codes(read(*printed), cards_of(codes, lambda box: box, "US"))


JANE = vcard("FN:Jane Miller", "EMAIL:jane.miller@nordhaven.com", "TEL;TYPE=WORK:+12125550123")


def test_a_vcard_of_version_3_is_read():
    text = vcard(
        "N:Miller;Jane;;;",
        "FN:Jane Miller",
        "ORG:Nordhaven Robotics\\, Inc.;Marketing",
        "TITLE:Head of Marketing, Europe",
        "TEL;TYPE=WORK,VOICE:+1 212 555 0100",
        "item1.TEL;TYPE=CELL:(212) 555-0123",
        "EMAIL;TYPE=INTERNET:Jane.Miller@example.com",
        "URL:https://www.example.com/jane",
        "URL:https://www.linkedin.com/in/jane-miller?utm=card",
    )
    assert fields(text) == {
        "full_name": "Jane Miller",
        "email": "jane.miller@example.com",
        "company": "Nordhaven Robotics, Inc.",
        "title": "Head of Marketing, Europe",
        "phone": "+12125550123",
        "website": "example.com/jane",
        "linkedin_url": "https://www.linkedin.com/in/jane-miller",
    }


def test_a_vcard_of_version_4_is_read():
    number = 'TEL;VALUE=uri;TYPE="voice,cell":tel:+33-6-12-34-56-78;ext=12'
    found = fields(vcard("FN:Jérôme Lefèvre", number, "EMAIL:jerome@example.fr", version="4.0"))
    assert found == {"full_name": "Jérôme Lefèvre", "email": "jerome@example.fr", "phone": "+33612345678"}


@pytest.mark.parametrize(("charset", "umlaut"), [("UTF-8", "=C3=BC"), ("ISO-8859-1", "=FC"), ("KLINGON", "=C3=BC")])
def test_quoted_printable_of_version_2_1_is_decoded_and_its_soft_breaks_are_joined(charset, umlaut):
    hints = f"CHARSET={charset};ENCODING=QUOTED-PRINTABLE"
    text = vcard(f"N;{hints}:M{umlaut}ller;Jane", f"ORG;{hints}:M{umlaut}ller =", "Robotics", version="2.1")
    assert fields(text) == {"full_name": "Jane Müller", "company": "Müller Robotics"}


def test_folded_lines_are_joined():
    assert fields(vcard("FN:Jane Mil", " ler", "EMAIL:jane.miller@", "\texample.com")) == {
        "full_name": "Jane Miller",
        "email": "jane.miller@example.com",
    }


def test_a_name_only_in_parts_is_put_in_order():
    assert fields(vcard("N:van der Berg;Jan;Pieter;Dr.;"))["full_name"] == "Dr. Jan Pieter van der Berg"


def test_a_company_in_the_place_of_the_name_is_no_persons_name():
    assert "full_name" not in fields(vcard("FN:Nordhaven Robotics", "ORG:Nordhaven Robotics"))


def test_a_vcard_that_breaks_off_gives_what_is_there():
    text = "BEGIN:VCARD\nFN:Jane Miller\n%%%;;\nEMAIL:jane@example.com\nTITLE"
    assert fields(text) == {"full_name": "Jane Miller", "email": "jane@example.com"}


def test_a_fax_is_never_the_phone():
    found = contact(vcard("FN:Jane Miller", "TEL;TYPE=WORK,FAX:+12125550199"))
    assert "phone" not in found.fields
    assert [phone.kind for phone in found.phones] == ["fax"]


@pytest.mark.parametrize("address", ["jane@", "jane@example.c0m", "jane doe@example.com", "a" * 300 + "@example.com"])
def test_an_address_that_can_receive_no_mail_is_left_out(address):
    assert "email" not in fields(vcard("FN:Jane Miller", f"EMAIL:{address}"))


def test_hidden_characters_are_stripped():
    assert fields(vcard("FN:Jane\u202e \x00Mil\u200bler\x07"))["full_name"] == "Jane Miller"


def test_a_mecard_with_escapes_is_read():
    text = "MECARD:N:Miller,Jane;ORG:Miller\\; Sons\\, Inc.;TEL:2125550123;URL:http\\://example.com;EMAIL:j@example.com;;"
    assert fields(text) == {
        "full_name": "Jane Miller",
        "company": "Miller; Sons, Inc.",
        "phone": "+12125550123",
        "website": "example.com",
        "email": "j@example.com",
    }


@pytest.mark.parametrize(
    "url", ["https://www.linkedin.com/in/jane-miller/", "http://de.linkedin.com/in/Jane-Miller?x=1"]
)
def test_the_address_of_a_profile_is_one(url):
    assert fields(url) == {"linkedin_url": "https://www.linkedin.com/in/jane-miller"}


def test_another_address_is_a_website():
    assert fields("https://www.example.com/jane") == {"website": "example.com/jane"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Jane Miller",
        "WIFI:T:WPA;S:guests;P:secret;;",
        "https://evil.example.com\njane",
        "https://www.linkedin.com/company/nordhaven",
        "javascript:alert(1)",
        "BEGIN:VCARD",
    ],
)
def test_what_says_nothing_of_a_person_is_ignored(text):
    assert read_contact(text, region="US") is None


@pytest.mark.parametrize(
    "text",
    [
        vcard("FN:" + "Jane " * 4000),
        "BEGIN:VCARD\nX" + ";a" * 6000,
        "BEGIN:VCARD\nX;" + 'a"' * 6000,
        "BEGIN:VCARD\n" + "TEL:+12125550123\n" * 800,
        "BEGIN:VCARD\nEMAIL:" + "a." * 6000 + "@example.com",
        "BEGIN:VCARD\nFN:" + "\\" * 9000,
        "MECARD:N:" + "a," * 6000,
        "https://" + "a-" * 6000,
    ],
    ids=lambda text: text[:20],
)
def test_a_huge_text_takes_no_time_and_leaves_no_huge_value(text):
    started = time.process_time()
    found = read_contact(text, region="US")
    assert time.process_time() - started < 2
    assert all(len(value) <= 255 for value in (found.fields if found else {}).values())


@given(st.sampled_from(["BEGIN:VCARD\n", "MECARD:", "https://"]), st.text(max_size=200))
def test_any_text_can_be_read(start, text):
    read_contact(start + text, region="US")


def test_agreement_makes_surer_and_says_so():
    before, card = read(*PRINTED), with_code(JANE)
    assert (card.status, card.reasons) == ("completed", ())
    for name in ("full_name", "email", "phone"):
        assert card.fields[name].confidence >= before.fields[name].confidence
        assert card.fields[name].evidence[-1] == "matches the code on the card"
        assert card.fields[name].box == before.fields[name].box
    assert card.confidence == 0.99


def test_a_card_that_would_be_reviewed_is_accepted_when_the_code_says_who_it_is():
    printed = (("Jane Xqvrt Miller", 1.6), ("jane.miller@nordhaven.com", 1.0, 0.7))
    assert read(*printed).status == "pending_review"
    assert with_code(JANE, printed=printed).status == "completed"


def test_a_field_only_in_the_code_lies_where_the_code_is():
    field = with_code(JANE, printed=(COMPANY, "Head of Marketing")).fields["email"]
    assert (field.value, field.box, field.lines) == ("jane.miller@nordhaven.com", BOX, ())


def test_a_code_that_says_otherwise_wins_and_is_reviewed_with_both_values():
    card = with_code(vcard("FN:Jane Miller", "EMAIL:jane.miller@example.com"))
    assert card.fields["email"].value == "jane.miller@example.com"
    assert (card.status, card.reasons) == (
        "pending_review",
        ("The code on the card has a different e-mail address.",),
    )
    (conflict,) = card.extra["conflicts"]
    assert (conflict["field"], conflict["kept"], conflict["other"]) == (
        "email",
        "jane.miller@example.com",
        "jane.miller@nordhaven.com",
    )
    assert card.extra["codes"][0]["fields"]["email"] == "jane.miller@example.com"


def test_a_name_that_was_hard_to_read_gives_way_without_a_word():
    card = with_code(JANE, printed=(("Jene Miler", 1.6, 0.4), "jane.miller@nordhaven.com", "www.nordhaven.com"))
    assert card.fields["full_name"].value == "Jane Miller"
    assert card.status == "completed"


@pytest.mark.parametrize("written", ["MILLER, Jane", "Dr. Jane Miller", "Jane A. Miller", "J. Miller", "JANE MILLER"])
def test_the_ways_to_write_one_name_agree(written):
    assert with_code(vcard(f"FN:{written}", "EMAIL:jane.miller@nordhaven.com")).reasons == ()


@pytest.mark.parametrize("written", ["Paul Miller", "Jane", "Jane Rivers"])
def test_another_name_is_a_conflict(written):
    card = with_code(vcard(f"FN:{written}", "EMAIL:jane.miller@nordhaven.com"))
    assert card.reasons == ("The code on the card has a different name.",)


def test_another_number_of_another_kind_is_no_conflict_and_the_mobile_is_kept():
    card = with_code(vcard("TEL;TYPE=CELL:+4915123456789"))
    assert (card.fields["phone"].value, card.reasons) == ("+4915123456789", ())
    assert {phone["e164"] for phone in card.extra["phones"]} == {"+12125550123", "+4915123456789"}


def test_another_number_of_the_same_kind_is_a_conflict():
    card = with_code(vcard("TEL;TYPE=WORK:+12125550124"))
    assert card.reasons == ("The code on the card has a different phone number.",)


def test_a_number_that_is_printed_as_a_fax_stays_one():
    card = with_code(vcard("TEL:+12125550199"), printed=(*PRINTED[:3], "Fax +1 212 555 0199"))
    assert "phone" not in card.fields


def test_the_legal_form_makes_no_other_company():
    assert with_code(vcard("ORG:Nordhaven Robotics")).reasons == ()


def test_two_codes_of_two_people_are_reviewed():
    other = vcard("FN:Paul Rivers", "EMAIL:paul.rivers@nordhaven.com")
    assert "The code on the card has a different name." in with_code(JANE, other).reasons


def test_several_personal_addresses_are_reviewed_whatever_the_code_says():
    card = with_code(JANE, printed=(*PRINTED, "paul.rivers@nordhaven.com"))
    assert card.reasons == ("The card has more than one personal e-mail address.",)


def test_the_address_of_a_website_alone_only_confirms():
    assert "website" not in with_code("https://example.com", printed=PRINTED[:3]).fields
    card = with_code("https://www.nordhaven.com/cards/17")
    assert card.fields["website"].value == "nordhaven.com"
    assert card.fields["website"].evidence[-1] == "matches the code on the card"


def test_a_code_that_says_nothing_changes_nothing():
    assert with_code("WIFI:T:WPA;S:guests;P:secret;;") == read(*PRINTED)
