"""Legal forms are told from the names before them."""

import pytest

from lib.cards.legal import without_legal_form


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("Skyrmion Instruments (Pty) Ltd", "Skyrmion Instruments"),
        ("Skyrmion (Private) Limited", "Skyrmion"),
        ("Skyrmion Co.,Ltd", "Skyrmion"),
        ("Skyrmion Pty Ltd", "Skyrmion"),
        ("Skyrmion GmbH & Co. KG", "Skyrmion"),
        ("Skyrmion Sp. z o.o.", "Skyrmion"),
    ],
)
def test_a_legal_form_of_several_words_is_left_out(printed, name):
    assert without_legal_form(printed) == name


@pytest.mark.parametrize(("printed", "name"), [("Marco Ltd", "Marco"), ("Tempco Limited", "Tempco")])
def test_the_end_of_a_name_is_no_part_of_its_legal_form(printed, name):
    assert without_legal_form(printed) == name
