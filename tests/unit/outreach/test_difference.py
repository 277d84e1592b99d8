import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.outreach.difference import Piece, find_difference, is_changed


def test_a_changed_word_is_shown_beside_the_one_it_replaces() -> None:
    assert find_difference("Would you have twenty minutes?", "Would you have ten minutes?") == [
        Piece("same", "Would you have "),
        Piece("removed", "twenty"),
        Piece("added", "ten"),
        Piece("same", " minutes?"),
    ]


def test_a_phrase_is_one_change_not_several_words() -> None:
    assert find_difference("see you there", "meet them there") == [
        Piece("removed", "see you"),
        Piece("added", "meet them"),
        Piece("same", " there"),
    ]


def test_changes_in_two_lines_stay_two() -> None:
    kinds = [piece.kind for piece in find_difference("one\ntwo", "three\nfour")]
    assert kinds == ["removed", "added", "same", "removed", "added"]


@pytest.mark.parametrize(("old", "new"), [("", "new"), ("old", ""), ("same", "same"), ("", "")])
def test_texts_that_begin_empty_or_stay_the_same_differ_only_by_what_changed(old: str, new: str) -> None:
    assert is_changed(find_difference(old, new)) == (old != new)


@given(st.text(alphabet="ab \n,é", max_size=40), st.text(alphabet="ab \n,é", max_size=40))
def test_both_texts_can_be_read_back_from_the_pieces(old: str, new: str) -> None:
    pieces = find_difference(old, new)
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == new
