"""What the browser's test looks for is found where it is."""

import pytest

from tests.security.hostile import FRAGMENTS, SAYINGS, find_obeyed


@pytest.mark.parametrize("token", FRAGMENTS)
def test_a_token_without_its_signs_was_obeyed(token: str) -> None:
    assert find_obeyed(f"before {token} behind")
    assert find_obeyed(f"before {FRAGMENTS[token]} behind") == []


def test_every_token_is_said_somewhere_within_a_column() -> None:
    assert all(len(said) <= 255 for said in SAYINGS)
    assert [token for token in FRAGMENTS if not any(FRAGMENTS[token] in said for said in SAYINGS)] == []


def test_what_is_cut_off_at_its_end_is_harmless() -> None:
    assert find_obeyed("before **q7bold…") == []
    assert find_obeyed("before [q7link](https://evil.exa…n = 1 median 95 of 100") == []


def test_a_cut_takes_nothing_from_what_stands_before_it() -> None:
    assert find_obeyed("before q7bold… behind")
    assert find_obeyed("before *q7bold… behind")
