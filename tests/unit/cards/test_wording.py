"""How a value is written into its field."""

import pytest

from lib.cards.wording import as_company, as_name, as_title


@pytest.mark.parametrize(
    "printed", ["Jane Doe (Mrs.)", "Jane Doe (B.E., M.B.A.)", "Jane Doe [She/Her]", "Jane Doe (Ms"]
)
def test_a_remark_in_brackets_behind_a_name_is_left_out(printed):
    assert as_name(printed) == "Jane Doe"


@pytest.mark.parametrize("printed", ["Jane (Jay) Doe", 'Jane "Jay" Doe', "Dr. Jane Doe, PhD", "Doe, Jane"])
def test_nicknames_degrees_and_prefixes_of_a_name_stay(printed):
    assert as_name(printed) == printed


@pytest.mark.parametrize(
    ("printed", "title"),
    [
        ("LUTCF, CLU, Agent", "Agent"),
        ("Broker CRS, GRI, ABR", "Broker"),
        ("Sales Manager, MBA", "Sales Manager"),
        ("Manager (MBA)", "Manager"),
        ("Manager (She/Her)", "Manager"),
    ],
)
def test_degrees_and_pronouns_round_a_title_are_left_out(printed, title):
    assert as_title(printed) == title


@pytest.mark.parametrize(
    "printed", ["Vice President, Engineering", "Manager (Europe)", "Attorney at Law", "CEO", "CPA"]
)
def test_other_words_of_a_title_stay(printed):
    assert as_title(printed) == printed


@pytest.mark.parametrize("printed", ["Quorvex®", "Quorvex™", "_Quorvex", "Quorvex."])
def test_the_marks_of_a_logo_are_left_out(printed):
    assert as_company(printed) == "Quorvex"


@pytest.mark.parametrize("printed", ["Quorvex Inc.", "Quorvex S.p.A.", "Quorvex & Co."])
def test_the_full_stop_of_a_legal_form_stays(printed):
    assert as_company(printed) == printed
