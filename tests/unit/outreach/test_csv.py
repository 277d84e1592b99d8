"""A sender CSV is read back as it was written, by the module csv."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from lib.outreach.exports.profiles import PROFILES
from lib.outreach.exports.writing import open_writer, write_csv

# What PostgreSQL stores: no NUL, no halves of surrogate pairs.
CELLS = st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",)))
ROWS = st.lists(st.tuples(CELLS, CELLS, CELLS))


@given(ROWS)
def test_any_text_is_read_back_as_it_was(rows: list[tuple[str, ...]]) -> None:
    assert [tuple(row) for row in csv.reader(io.StringIO(write_csv(rows), newline=""), strict=True)] == rows


@given(ROWS)
def test_the_bytes_are_those_of_the_module_csv(rows: list[tuple[str, ...]]) -> None:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\r\n").writerows(rows)
    assert write_csv(rows) == buffer.getvalue()


def test_the_file_has_no_bom_and_ends_its_lines_with_crlf() -> None:
    file, profile = io.BytesIO(), PROFILES["generic"]
    with open_writer(profile, file) as write:
        write([("Zoë",) * len(profile.header)])
    data = file.getvalue()
    assert data.startswith(b"email,firstName,")
    assert data.count(b"\r\n") == data.count(b"\n") == 2
