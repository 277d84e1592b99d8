import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.outreach.names import PLAIN, _split, split_name


@pytest.mark.parametrize(
    ("full_name", "first", "last"),
    [
        ("Ada Lovelace", "Ada", "Lovelace"),
        ("Mary Ann Smith", "Mary", "Smith"),
        ("Ludwig van Beethoven", "Ludwig", "van Beethoven"),
        ("María de la Cruz", "María", "de la Cruz"),
        ("Smith, John", "John", "Smith"),
        ("Madonna", "Madonna", None),
        ("", None, None),
        (None, None, None),
    ],
)
def test_a_name_has_a_first_and_a_last_part(full_name: str | None, first: str | None, last: str | None) -> None:
    name = split_name(full_name)
    assert (name.first, name.last) == (first, last)


@pytest.mark.parametrize(
    "full_name",
    ["Dr. Ada Lovelace", "Prof. Dr. Ada Lovelace", "Ada Lovelace, PhD", "Ada Lovelace Jr.", "Ms Ada Lovelace MBA"],
)
def test_titles_and_degrees_are_no_names(full_name: str) -> None:
    assert split_name(full_name).full == "Ada Lovelace"


@pytest.mark.parametrize("full_name", ["Jack Kin Ma", "Don Draper"])
def test_a_name_that_looks_like_a_title_stays(full_name: str) -> None:
    assert split_name(full_name).full == full_name


@pytest.mark.parametrize(
    ("full_name", "written"),
    [
        ("ADA LOVELACE", "Ada Lovelace"),
        ("SEAN O'NEIL", "Sean O'Neil"),
        ("JEAN-PAUL DE LA CRUZ", "Jean-Paul de la Cruz"),
        ("LI WEI", "Li Wei"),
        ("JP Morgan", "JP Morgan"),
        ("Ronald McDonald", "Ronald McDonald"),
    ],
)
def test_capitals_are_written_as_a_letter_would(full_name: str, written: str) -> None:
    assert split_name(full_name).full == written


@pytest.mark.parametrize("full_name", ["DUPONT Jean", "Jean DUPONT"])
def test_capitals_mark_the_family_name_on_either_side(full_name: str) -> None:
    name = split_name(full_name)
    assert (name.first, name.last) == ("Jean", "Dupont")


def test_an_east_asian_name_keeps_its_order() -> None:
    name = split_name("山田 太郎")
    assert (name.first, name.last, name.full) == ("太郎", "山田", "山田 太郎")


@pytest.mark.parametrize("full_name", ["J. Smith", "J.R.R. Tolkien", "J"])
def test_an_initial_is_no_first_name(full_name: str) -> None:
    assert split_name(full_name).first is None


@pytest.mark.parametrize("full_name", ["Miss Smith", "MISS SMITH", "Miss"])
def test_nobody_is_called_miss(full_name: str) -> None:
    assert split_name(full_name).first is None


def test_the_name_one_is_called_by_may_follow_an_initial() -> None:
    assert split_name("J. Robert Oppenheimer").first == "Robert"


@given(st.from_regex(PLAIN, fullmatch=True))
def test_a_plain_name_is_split_as_any_other_is(name: str) -> None:
    assert split_name(name) == _split(name)


@pytest.mark.parametrize("first", ["Ada", "Jo", "Don", "Dr", "Von", "Zoë", "Ma"])
@pytest.mark.parametrize("last", ["Lovelace", "Do", "Phd", "Jr", "Ångström", "La"])
def test_a_plain_name_of_odd_words_is_split_as_any_other_is(first: str, last: str) -> None:
    assert split_name(f"{first} {last}") == _split(f"{first} {last}")


@pytest.mark.parametrize("full_name", ["Dr. Miller", "Mr. Miller", "Frau Miller", "Prof. Dr. Miller", "Ms MILLER"])
def test_a_title_and_a_family_name_are_no_first_name(full_name: str) -> None:
    name = split_name(full_name)
    assert (name.first, name.last) == (None, "Miller")


@pytest.mark.parametrize(
    "full_name",
    [
        'Ada "Countess" Example',
        "Ada “Countess” Example",
        "Ada 'Countess' Example",
        "“Ada” Example",
        '"Ada Example"',
        "Ada Example (CEO)",
        "Ada Example, CEO",
        "Ada Example / Sales",
        "Ada Example | Optics",
        "Example, Ada",
        "Example,Ada,",
        "Ada\nExample",
        "Ada\r\n\tExample",
        "Ada\u3000Example",
        "🦊 Ada Example",
        "Ada Example 🎓",
        "Ada ❤️ Example",
        "\u202eAda\u202c Example\u200f",
        "A\u200bda Example",
    ],
)
def test_what_is_printed_around_a_name_is_not_said(full_name: str) -> None:
    name = split_name(full_name)
    assert (name.first, name.last, name.full) == ("Ada", "Example", "Ada Example")


@pytest.mark.parametrize(
    ("full_name", "first", "last"),
    [
        ("O'Neil, Sean", "Sean", "O'Neil"),
        ("D'Artagnan Charles", "D'Artagnan", "Charles"),
        ("Gerard 't Hooft", "Gerard", "'t Hooft"),
        ("Mary O’Brien", "Mary", "O’Brien"),
    ],
)
def test_an_apostrophe_is_a_letter_of_the_name(full_name: str, first: str, last: str) -> None:
    name = split_name(full_name)
    assert name.first == first
    assert name.last is not None
    assert last.endswith(name.last)


@pytest.mark.parametrize(
    "full_name", ["“=cmd|A1” Example", '"+cmd|A1" Example', "(CEO)＝cmd|A1 Example", "🦊=cmd|A1 Example"]
)
def test_no_part_of_a_name_can_be_calculated(full_name: str) -> None:
    """The signs stand inside the whole name, where they do no harm, and would begin a part of it."""
    name = split_name(full_name)
    assert (name.first, name.last, name.full) == ("cmd|A1", "Example", "cmd|A1 Example")


@pytest.mark.parametrize("full_name", ["-", "...", "🦊", "\u202e", '""', "()", "1 2 3", " , ", "&"])
def test_what_has_no_letter_is_no_name(full_name: str) -> None:
    name = split_name(full_name)
    assert (name.first, name.last, name.full) == (None, None, None)


@pytest.mark.parametrize("full_name", ["(Ada)", "Mr & Mrs Smith", "Dr.", "Prof. Dr.", "4711 Ada Example"])
def test_a_greeting_never_names_a_title_or_a_mark(full_name: str) -> None:
    assert split_name(full_name).first in (None, "Ada", "(Ada)")


def test_names_written_from_right_to_left_keep_their_words() -> None:
    name = split_name("\u200fדנה כהן")
    assert (name.first, name.last) == ("דנה", "כהן")
    assert split_name("محمد علي").first == "محمد"


@given(st.text(max_size=40))
def test_any_text_gives_a_greeting_of_one_visible_line(text: str) -> None:
    name = split_name(text)
    for part in (name.first, name.last, name.full):
        assert part is None or (part.strip() == part and part and not set(part) & set("\n\r\u202e\u200f"))
