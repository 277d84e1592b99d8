"""Legal forms are told from the names before them."""

import pytest

from lib.cards.legal import find_legal_form, without_legal_form


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


@pytest.mark.parametrize(
    ("printed", "form"),
    [
        ("Nordhaven GmbH", "GmbH"),
        ("Nordhaven, Inc.", "Inc."),
        ("ООО Нордхавен", "ООО"),
        ("PT Nordhaven", "PT"),
        ("高橋工業株式会社", "株式会社"),
        ("Nordhaven S.A. de C.V.", "S.A. de C.V."),
    ],
)
def test_a_legal_form_is_given_as_printed_wherever_it_stands(printed, form):
    assert find_legal_form(printed) == form


@pytest.mark.parametrize("printed", ["Nordhaven", "GmbH", "Ideas that move", "株式会社"])
def test_a_text_without_one_or_of_nothing_else_has_no_legal_form(printed):
    assert find_legal_form(printed) is None
