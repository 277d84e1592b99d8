import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.cards.glue import unglue
from lib.cards.names import known_share, local_fit, mailboxes, parse_name


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
