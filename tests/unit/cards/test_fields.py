import pytest

from tests.unit.cards.cards import read, values

JANE = (
    ("Jane Miller", 1.6),
    "Head of Marketing",
    "Example Robotics Inc.",
    "T +1 212 555 0123",
    "jane.miller@example.com",
    "www.example.com",
)


def test_a_plain_card_gives_all_its_fields():
    assert values(*JANE) == {
        "full_name": "Jane Miller",
        "email": "jane.miller@example.com",
        "company": "Example Robotics Inc.",
        "title": "Head of Marketing",
        "phone": "+12125550123",
        "website": "example.com",
    }


def test_the_order_of_the_lines_does_not_decide():
    assert values(*reversed(JANE))["full_name"] == "Jane Miller"


def test_the_mailbox_tells_the_name_from_another_pair_of_words():
    found = values("Anna Schmidt", "Paul Rivers", "paul.rivers@example.com")
    assert found["full_name"] == "Paul Rivers"


def test_the_domain_tells_the_company_from_a_slogan():
    found = values(("Jane Miller", 1.5), "Nordhaven", "Ideas that move", "jane@nordhaven.com")
    assert found["company"] == "Nordhaven"


def test_an_office_mailbox_is_no_hint_to_a_name():
    found = values(("Jane Miller", 1.5), "Info Services", "info@example.com")
    assert found["full_name"] == "Jane Miller"


def test_a_free_mailbox_named_after_the_company_is_no_person():
    found = values("Bluefern Bakery Ltd", ("Jane Miller", 1.4), "bluefern@gmail.com", "www.bluefern.co.uk")
    assert found["full_name"] == "Jane Miller"
    assert found["company"] == "Bluefern Bakery Ltd"


def test_a_persons_address_is_preferred_to_an_offices():
    found = values(("Jane Miller", 1.5), "info@example.com", "jane.miller@example.com")
    assert found["email"] == "jane.miller@example.com"


@pytest.mark.parametrize(
    "line", ["Jane Miller, Sales Director", "Jane Miller | Sales Director", "Jane Miller – Sales Director"]
)
def test_name_and_title_on_one_line_are_told_apart(line):
    found = values((line, 1.3), "Nordhaven Inc.", "jane.miller@nordhaven.com")
    assert (found["full_name"], found["title"]) == ("Jane Miller", "Sales Director")


def test_a_title_with_a_comma_stays_whole():
    assert (
        values(("Jane Miller", 1.5), "Vice President, Engineering", "jane@example.com")["title"]
        == "Vice President, Engineering"
    )


@pytest.mark.parametrize(
    "lines",
    [
        ("Director of Research", "and Development"),
        ("Senior Manager,", "Corporate Communications"),
        ("Head of Finance &", "Administration"),
    ],
)
def test_a_title_may_go_over_two_lines(lines):
    assert values(("Jane Miller", 1.5), *lines, "jane@example.com")["title"] == " ".join(lines)


def test_unlisted_words_smaller_and_in_line_below_the_name_are_its_title():
    found = values(("Jane Miller", 1.6), "Zymurgist", "Example Inc.", "jane@example.com", "www.example.com")
    assert (found["title"], found["company"]) == ("Zymurgist", "Example Inc.")


def test_unlisted_words_as_large_as_the_name_are_no_title():
    found = values(("Jane Miller", 1.6), ("Zymurgist", 1.6), "Example Inc.", "jane@example.com", "www.example.com")
    assert "title" not in found


@pytest.mark.parametrize("rows", [("Secretary: +1 212 555 0123",), ("+1 212 555 0124", "Secretary: +1 212 555 0123")])
def test_what_a_number_is_called_is_no_title(rows):
    card = read(("Jane Miller", 1.5), *rows, "jane@example.com")
    assert "title" not in card.fields
    assert card.extra["other"] == ["Secretary:"]


def test_direct_line_before_a_number_leaves_no_field_behind():
    found = values(("Jane Miller", 1.5), "Direct Line: +1 212 555 0123", "jane@example.com")
    assert found.keys() == {"full_name", "phone", "email"}


def test_a_title_on_the_line_of_a_number_is_one():
    assert values(("Jane Miller", 1.5), "Secretary  +1 212 555 0123", "jane@example.com")["title"] == "Secretary"


def test_a_department_is_no_part_of_the_title():
    assert values(("Jane Miller", 1.5), "Professor", "Faculty of Law", "jane@example.com")["title"] == "Professor"


def test_a_company_may_go_over_two_lines():
    found = values(
        ("Mills, Simpson", 1.4), ("and Hamilton", 1.4), "Jane Miller", "jane.miller@millssimpsonandhamilton.com"
    )
    assert found["company"] == "Mills, Simpson and Hamilton"


def test_an_institution_is_told_from_a_title():
    found = values(
        "University of Westmark", "School of Engineering", ("Heike Lindner", 1.3), "lindner@uni-westmark.de"
    )
    assert found["company"] == "University of Westmark"
    assert "title" not in found


def test_a_legal_form_on_a_line_of_its_own_belongs_to_the_line_above():
    found = values(("Arcadis Nova", 1.4), ("Sp. z o.o.", 1.4), "Ada Wojtach", "ada.wojtach@gmail.com")
    assert found["company"] == "Arcadis Nova Sp. z o.o."


def test_a_degree_stays_with_the_name_on_a_line_with_the_title():
    found = values(("Jane Miller, PhD | Software Engineer", 1.3), "jane.miller@example.com")
    assert (found["full_name"], found["title"]) == ("Jane Miller, PhD", "Software Engineer")


def test_a_large_brand_is_the_company_and_the_small_legal_name_is_kept():
    card = read(("Nordhaven", 2.4), ("Jane Miller", 1.4), "jane.miller@nordhaven.de", "Nordhaven Logistik GmbH")
    assert card.fields["company"].value == "Nordhaven"
    assert card.extra["legal_name"] == "Nordhaven Logistik GmbH"


def test_a_company_glued_to_its_address_is_cut_off_from_it():
    found = values(("Jane Miller", 1.5), "Nordhaven GmbH, Hafenstr. 12", "20457 Hamburg", "jane.miller@nordhaven.de")
    assert found["company"] == "Nordhaven GmbH"


def test_degrees_and_prefixes_stay_as_printed():
    assert values(("Dr. Jane Miller, PhD", 1.5), "jane.miller@example.com")["full_name"] == "Dr. Jane Miller, PhD"


def test_a_name_in_capitals_stays_as_printed():
    assert values(("JANE MILLER", 1.5), "jane.miller@example.com")["full_name"] == "JANE MILLER"


def test_japanese_and_chinese_fields_are_told_apart():
    found = values("高橋工業株式会社", ("佐藤 翔太", 1.6), "代表取締役", "s.sato@example.co.jp")
    assert (found["full_name"], found["company"], found["title"]) == ("佐藤 翔太", "高橋工業株式会社", "代表取締役")


def test_a_card_without_anything_known_has_no_fields():
    assert values("12345", "---") == {}


def test_everything_else_on_the_card_is_kept():
    extra = read(*JANE, "Fax +1 212 555 0199", "12 Harbour Street, Springfield, IL 62704", "Ideas that move").extra
    assert [phone["kind"] for phone in extra["phones"]] == ["office", "fax"]
    assert extra["address"] == "12 Harbour Street, Springfield, IL 62704"
    assert extra["other"] == ["Ideas that move"]


def test_each_field_says_where_it_stands_and_why_it_is_believed():
    name = read(*JANE).fields["full_name"]
    assert name.lines == (0,)
    assert name.box[0] == (50.0, 40.0)
    assert "matches the e-mail address" in name.evidence


def test_every_confidence_is_between_nought_and_one():
    assert all(0 <= field.confidence <= 1 for field in read(*JANE).fields.values())


def test_the_cards_confidence_is_the_lower_one_of_name_and_email():
    card = read(*JANE)
    assert card.confidence == min(card.fields["full_name"].confidence, card.fields["email"].confidence)
    assert read(*JANE[:4]).confidence == 0
