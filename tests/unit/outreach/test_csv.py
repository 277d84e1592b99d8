import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.outreach.exports import HEADER, is_dangerous, write_csv

# What PostgreSQL stores: no NUL, no halves of surrogate pairs.
CELLS = st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",)))
ROWS = st.lists(st.lists(CELLS, min_size=len(HEADER), max_size=len(HEADER)))


@given(ROWS)
def test_any_text_is_read_back_as_it_was(rows: list[list[str]]) -> None:
    read = csv.reader(io.StringIO(write_csv(rows).decode(), newline=""), strict=True)
    assert list(read) == [list(HEADER), *rows]


def test_the_file_has_no_bom_and_ends_its_lines_with_crlf() -> None:
    data = write_csv([["Zoë"] * len(HEADER)])
    assert data.startswith(b"email,firstName,")
    assert data.count(b"\r\n") == data.count(b"\n") == 2


@pytest.mark.parametrize("cell", ["=1+1", "+1-1", "-2", "@x", "\tx", "\rx", "\nx", "＝1", "+49 30 1", "+0123456789"])
def test_a_cell_that_a_spreadsheet_calculates_is_dangerous(cell: str) -> None:
    assert is_dangerous(cell)


@pytest.mark.parametrize("cell", ["", "Ada", "a=b", "+4930901820", "12"])
def test_a_plain_cell_and_a_whole_phone_number_are_not(cell: str) -> None:
    assert not is_dangerous(cell)
