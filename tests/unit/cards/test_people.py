"""Whose card it is, and as what: names and titles among the other lines."""

from dataclasses import replace

import pytest

from lib.cards.parse import parse_lines
from tests.unit.cards.cards import lines_of, read, values

NAME = ("Jane Miller", 1.5)
EMAIL = "jane.miller@example.com"


def title(*rows) -> str | None:
    return values(NAME, *rows, EMAIL, "www.example.com").get("title")


def name(printed: str) -> str | None:
    return values((printed, 1.5), "Consultant", EMAIL, "www.example.com").get("full_name")


@pytest.mark.parametrize("mailbox", ["zbrivo.qwandel@quorvex.com", "info@quorvex.com", None])
def test_a_name_that_nobody_listed_is_found_by_its_size_and_place(mailbox):
    rows = ("Quorvex Tools Ltd", ("Zbrivo Qwandel", 1.6), "Sales Manager", "+1 212 555 0123")
    found = values(*rows, *([mailbox] if mailbox else []))
    assert (found["full_name"], found["title"]) == ("Zbrivo Qwandel", "Sales Manager")


def test_a_name_that_nobody_listed_is_found_by_its_mailbox():
    found = values("Zbrivo Qwandel", "Quorvex Tools Ltd", ("Ideas that move", 1.5), "zbrivo.qwandel@gmail.com")
    assert found["full_name"] == "Zbrivo Qwandel"


def test_a_free_mailbox_named_after_the_company_points_at_the_company():
    found = values(("Pearl Hill Dental", 1.5), "Jane Miller", "Dentist", "pearlhilldental@gmail.com")
    assert (found["full_name"], found["company"]) == ("Jane Miller", "Pearl Hill Dental")


@pytest.mark.parametrize(
    "printed",
    [
        "Jane Miller, MD, FACC",
        "Jane Miller MNSE",
        "Jane Miller III",
        "Jane “Jay” Miller",
        "Jane (Jay) Miller",
        "Mrs. Jane Miller",
        "Engr. (Dr.) Jane Miller",
        "Dipl.-Ing. Jane Miller",
        "Miller, Jane",
        "MILLER Jane",
    ],
)
def test_a_name_is_kept_as_printed_with_degrees_nickname_and_prefix(printed):
    assert name(printed) == printed


@pytest.mark.parametrize(
    "printed", ["Jane Miller (Mrs.)", "Jane Miller (B.E. Chem., M.B.A.)", "Jane Miller [She/Her]"]
)
def test_a_remark_behind_a_name_is_left_out(printed):
    assert name(printed) == "Jane Miller"


def test_a_name_may_go_over_two_lines():
    found = values(("Jane", 2.0), ("Miller", 2.0), "Dentist", EMAIL, "+1 212 555 0123", "12 Main Street")
    assert (found["full_name"], found["title"]) == ("Jane Miller", "Dentist")


@pytest.mark.parametrize("printed", ["Franz & Resi Böhmler", "Franz und Resi Böhmler"])
def test_a_couple_is_one_name(printed):
    found = values((printed, 1.5), "Gasthof Seeblick", "info@seeblick.at")
    assert (found["full_name"], found["company"]) == (printed, "Gasthof Seeblick")


@pytest.mark.parametrize(
    "rows",
    [
        (("Ken Sato 佐藤 健", 1.5),),
        (("佐藤 健 Ken Sato", 1.5),),
        (("佐藤 健", 1.5), ("Ken Sato", 1.0)),
        (("Ken Sato", 1.5), ("佐藤 健", 1.0)),
        (("김민준", 1.5), ("Ken Sato", 1.0)),
    ],
)
def test_of_two_scripts_the_latin_name_is_kept(rows):
    assert values(*rows, "Engineer", "Example Inc.", "ken.sato@example.com")["full_name"] == "Ken Sato"


def test_of_two_scripts_the_latin_company_is_kept():
    rows = ("ノルドハーベン株式会社", "Nordhaven Co., Ltd.", ("Ken Sato", 1.5), "ken.sato@nordhaven.co.jp")
    assert values(*rows)["company"] == "Nordhaven Co., Ltd."


def test_of_two_scripts_on_a_line_the_latin_title_is_kept():
    assert values(("Ken Sato", 1.5), "営業部 Sales Manager", "ken.sato@example.com")["title"] == "Sales Manager"


@pytest.mark.parametrize(
    "lines",
    [
        ("Director of Sales &", "Marketing"),
        ("Vice President -", "Operations"),
        ("Vice President", "& General Manager"),
        ("Head of Research /", "Development"),
        ("Manager for", "Overseas Sales"),
    ],
)
def test_a_sign_at_the_break_joins_two_lines_of_a_title(lines):
    assert title(*lines) == " ".join(lines)


@pytest.mark.parametrize(
    "lines",
    [("Managing Director", "Founder"), ("Attorney", "Notary Public"), ("Sales Manager", "Sales Engineer")],
)
def test_of_two_titles_below_each_other_the_first_is_taken(lines):
    assert title(*lines) == lines[0]


@pytest.mark.parametrize(
    "printed", ["Owner & Chef", "Founder / CEO", "Founder, CEO", "Owner | Designer", "Partner – Attorney at Law"]
)
def test_two_titles_on_one_line_are_both_taken(printed):
    assert title(printed) == printed


@pytest.mark.parametrize(
    "degrees", ["MB ChB, MD, FRCS (Tr & Orth)", "B.Sc., M.B.A.", "CPA, CFP", "Ph.D., M.Orth.", "MD, FACC"]
)
def test_degrees_between_name_and_title_are_neither(degrees):
    found = values(NAME, degrees, "Consultant Surgeon", EMAIL, "www.example.com")
    assert (found["full_name"], found["title"]) == ("Jane Miller", "Consultant Surgeon")


def test_the_company_behind_at_is_no_part_of_the_title():
    found = values(NAME, "Sales Manager at Quorvex", "jane.miller@quorvex.com")
    assert (found["title"], found["company"]) == ("Sales Manager", "Quorvex")


@pytest.mark.parametrize(
    "line", ["Mon-Fri 09:00 - 17:30", "0114 496 0137 (6 lines)", "Tel/Fax 212 555 0123", "www", "Web:"]
)
def test_hours_and_labels_below_a_name_are_no_title(line):
    assert title(line) is None


def test_all_addresses_of_a_card_are_kept():
    works = ("Head office: 14 Dock Road, Bristol BS1 4QT", "Works: 3 Mill Lane, Leeds LS1 2AB")
    card = read(NAME, "Sales Manager", "Quorvex Tools Ltd", *works, "jane.miller@quorvex.co.uk")
    assert card.extra["address"] == ", ".join(works)
    assert card.fields["company"].value == "Quorvex Tools Ltd"


@pytest.mark.parametrize("turn", [1, 3])
def test_text_that_runs_up_or_down_the_side_is_no_field(turn):
    (logo,) = lines_of("Quorvex Tools Ltd")
    corners = ((10.0, 60.0), (45.0, 60.0), (45.0, 400.0), (10.0, 400.0))
    side = replace(logo, box=corners[turn:] + corners[:turn])
    card = parse_lines((*lines_of(NAME, "Sales Manager", "jane.miller@gmail.com"), side), region="US")
    assert "company" not in card.fields
    assert card.extra["other"] == ["Quorvex Tools Ltd"]
