import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.cards.glue import unglue
from lib.cards.names import accounted_tokens, are_degrees, known_share, local_fit, mailboxes, parse_name


@pytest.mark.parametrize(
    "local",
    [
        "jane.doe",
        "janedoe",
        "jane_doe",
        "jane-doe",
        "jdoe",
        "j.doe",
        "doej",
        "janed",
        "doe.jane",
        "doejane",
        "jane",
        "doe",
    ],
)
def test_these_mailboxes_exactly_fit_jane_doe(local):
    assert local_fit(parse_name("Jane Doe"), local) == 1.0


@pytest.mark.parametrize("local", ["info", "john.doe", "jane.d0e", "jane.roe"])
def test_these_mailboxes_do_not_exactly_fit_jane_doe(local):
    assert local_fit(parse_name("Jane Doe"), local) < 1.0


@pytest.mark.parametrize(
    ("printed", "local"),
    [
        ("Dr. Jane Doe, PhD", "jane.doe"),
        ("JANE DOE", "jane.doe"),
        ("Mads van Booden", "mads.vanbooden"),
        ("Mads van Booden", "mads.booden"),
        ("Jane M. Doe", "jane.m.doe"),
        ("Jane M. Doe", "jmdoe"),
        ("Doe, Jane", "jane.doe"),
        ("Anne-Marie Doe", "annemarie.doe"),
        ("Jürgen Groß", "jurgen.gross"),
        ("María Ruiz Calvet", "maria.ruizcalvet"),
        ("Tom O'Reilly", "tom.oreilly"),
        ("Jean-Pierre Dubois", "jp.dubois"),
        ("Prof. Dr.-Ing. Heike Lindner", "h.lindner"),
        ("Dr. Sunita Rao", "drsunitarao"),
        ("Nguyen Van Anh", "anhnv"),
    ],
)
def test_degrees_particles_and_accents_are_understood(printed, local):
    assert local_fit(parse_name(printed), local) == 1.0


@pytest.mark.parametrize("text", ["Jane Doe 2", "12 Main Street", "jane@example.com", "A & B", ""])
def test_these_are_no_names(text):
    assert parse_name(text) is None


def test_known_names_are_told_from_other_words():
    assert known_share(parse_name("Jane Miller")) == 1.0
    assert known_share(parse_name("Xqzv Wrtplk")) == 0.0


def test_a_name_in_capitals_is_cut_apart_with_the_help_of_its_mailbox():
    assert unglue("ANNASCHMIDT", frozenset({"anna", "schmidt"})) == "ANNA SCHMIDT"
    assert unglue("ANNASCHMIDT", frozenset()) is None


def test_a_name_with_humps_is_cut_at_them():
    assert unglue("AnnaSchmidt", frozenset()) == "Anna Schmidt"


@pytest.mark.parametrize("word", ["PowerPoint", "Zurich", "TECHNOLOGIES"])
def test_other_words_are_not_cut(word):
    assert unglue(word, frozenset({"anna"})) is None


@given(st.text(max_size=40))
def test_any_text_can_be_taken_for_a_name(text):
    name = parse_name(text)
    if name is not None and name.folded:
        assert mailboxes(name)


@pytest.mark.parametrize(
    ("printed", "initials"),
    [
        ("Jane Doe", "jd"),
        ("Jane Doe", "j.d"),
        ("Jane Marie Doe", "jmd"),
        ("Jane Marie Doe", "j.m.d"),
        ("Anne-Marie Doe-Smith", "amds"),
        ("Ludwig van der Berg", "lvdb"),
        ("Ludwig van der Berg", "lb"),
    ],
)
def test_initials_alone_never_fit_exactly(printed, initials):
    assert local_fit(parse_name(printed), initials) == 0.75


def test_digits_behind_a_fitting_mailbox_are_doubted():
    assert local_fit(parse_name("Jane Doe"), "jdoe1") == 0.9


def test_a_mailbox_with_another_word_fits_in_part():
    assert 0.3 < local_fit(parse_name("Jane Doe"), "jane.doe.sales") < 0.75


@pytest.mark.parametrize(
    "local", ["anne-marie.doe-smith", "annemarie", "am.doe", "anne.smith", "marie.doe", "adoesmith"]
)
def test_of_double_names_either_half_may_stand(local):
    assert local_fit(parse_name("Anne-Marie Doe-Smith"), local) == 1.0


@pytest.mark.parametrize("local", ["juergen.koehler", "jurgen.kohler", "jkoehler", "jkohler", "koehler"])
def test_an_umlaut_is_one_letter_or_two(local):
    assert local_fit(parse_name("Jürgen Köhler"), local) == 1.0


@pytest.mark.parametrize("local", ["soeren.aangstroem", "soren.angstrom"])
def test_scandinavian_letters_are_one_letter_or_two(local):
    assert local_fit(parse_name("Søren Ångström"), local) == 1.0


@pytest.mark.parametrize("printed", ['Robert "Bob" Doe', "Robert “Bob” Doe", "Robert 'Bob' Doe", "Robert (Bob) Doe"])
@pytest.mark.parametrize("local", ["bob.doe", "bobdoe", "bdoe", "bob", "robert.doe", "rdoe"])
def test_a_nickname_may_stand_for_the_given_name(printed, local):
    name = parse_name(printed)
    assert name.tokens == ("Robert", "Doe")
    assert local_fit(name, local) == 1.0


@pytest.mark.parametrize("printed", ["Engr. (Dr.) Jane Doe", "Mag. (FH) Jane Doe", "Capt. (Retd) Jane Doe"])
def test_a_bracket_behind_a_prefix_is_no_nickname(printed):
    name = parse_name(printed)
    assert (name.tokens, name.nicknames) == (("Jane", "Doe"), ())


@pytest.mark.parametrize("local", ["lvdberg", "l.vanderberg", "vanderberg", "ludwig.berg", "lberg", "berg"])
def test_particles_may_stand_in_a_mailbox_or_not(local):
    assert local_fit(parse_name("Ludwig van der Berg"), local) == 1.0


@pytest.mark.parametrize("local", ["mjdelacruz", "maria.cruz", "mjcruz", "delacruz"])
def test_two_given_names_and_two_particles_are_understood(local):
    assert local_fit(parse_name("María José de la Cruz"), local) == 1.0


@pytest.mark.parametrize(
    "printed",
    [
        "Jane Doe, MD, FACC",
        "Jane Doe, LUTCF, CLU",
        "Jane Doe, R.N., B.S.N.",
        "Jane Doe, P.E.",
        "Jane Doe MNSE",
        "Jane Doe MSc",
        "JANE DOE CPA",
        "Jane Doe III",
        "Jane Doe Sr.",
        "Jane Doe (Mrs.)",
        "Jane Doe (B.E. Chem., M.B.A.)",
        "Jane Doe [She/Her]",
        "Jane Doe®",
    ],
)
def test_degrees_and_remarks_behind_a_name_are_no_part_of_it(printed):
    assert parse_name(printed).folded == ["jane", "doe"]


@pytest.mark.parametrize(
    "printed",
    ["Engr. Jane Doe", "Dipl.-Ing. Jane Doe", "Prof. Dr. Jane Doe", "Mrs. Jane Doe", "Adv. Jane Doe", "CA. Jane Doe"],
)
def test_what_stands_before_a_name_is_no_part_of_it(printed):
    assert parse_name(printed).tokens == ("Jane", "Doe")


@pytest.mark.parametrize("printed", ["Doe, Jane", "Doe, Jane, MD"])
def test_a_surname_before_a_comma_is_turned_round(printed):
    assert parse_name(printed).tokens == ("Jane", "Doe")


@pytest.mark.parametrize("printed", ["Franz & Resi Böhmler", "Franz und Resi Böhmler", "Franz and Resi Böhmler"])
@pytest.mark.parametrize("local", ["franz.boehmler", "resi.boehmler", "franz", "boehmler"])
def test_a_couple_is_a_name_of_two(printed, local):
    name = parse_name(printed)
    assert name.tokens == ("Franz", "Resi", "Böhmler")
    assert local_fit(name, local) == 1.0


@pytest.mark.parametrize("printed", ["Jane O'Reilly", "Jane O’Reilly", "Jane D'Amato"])
def test_a_name_may_have_an_apostrophe(printed):
    assert len(parse_name(printed).tokens) == 2


@pytest.mark.parametrize(
    "text", ["LUTCF, CLU", "MB ChB, MD, FRCS (Tr & Orth)", "CPA, CFP", "B.Sc., M.B.A.", "MBA & CPA"]
)
def test_a_line_of_degrees_is_known(text):
    assert are_degrees(text)


@pytest.mark.parametrize("text", ["HHL", "SALES MANAGER", "CEO", "Jane Doe", ""])
def test_other_capitals_are_no_degrees(text):
    assert not are_degrees(text)


def test_every_word_of_a_name_is_accounted_for_by_the_mailbox_or_the_known_names():
    name = parse_name("Jane van Xqvrt")
    assert accounted_tokens(name, "jane.xqvrt")
    assert not accounted_tokens(name, "jane")
