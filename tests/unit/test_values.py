import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.contacts.values import LIMITS, clean_value
from lib.errors import NotValid
from lib.text import clean_text


@pytest.mark.parametrize("field", LIMITS)
@pytest.mark.parametrize("nothing", [None, "", "   ", "\x00"])
def test_nothing_typed_is_nothing_stored(field: str, nothing: str | None) -> None:
    assert clean_value(field, nothing, "DE") is None


@pytest.mark.parametrize(
    ("typed", "region", "stored"),
    [
        ("030 901820", "DE", "+4930901820"),
        ("+44 20 7946 0123", "DE", "+442079460123"),
        ("(201) 550-6964", "US", "+12015506964"),
    ],
)
def test_a_phone_number_is_stored_in_e164(typed: str, region: str, stored: str) -> None:
    assert clean_value("phone", typed, region) == stored


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("email", "jane.doe@"),
        ("email", "jane doe@example.com"),
        ("phone", "ring me"),
        ("phone", "12"),
        ("linkedin_url", "https://example.com/jane"),
        ("full_name", "IMG_0042.HEIC"),
    ],
)
def test_what_cannot_be_stored_is_refused_and_repeated(field: str, typed: str) -> None:
    with pytest.raises(NotValid, match=typed[:3]):
        clean_value(field, typed, "US")


def test_an_email_keeps_its_local_part_and_folds_its_domain() -> None:
    assert clean_value("email", " Jane.Doe@Example.COM ", "US") == "Jane.Doe@example.com"


def test_a_linkedin_address_gets_its_scheme() -> None:
    assert clean_value("linkedin_url", "linkedin.com/in/jane-doe", "US") == "https://linkedin.com/in/jane-doe"


@pytest.mark.parametrize("field", ["company", "title", "full_name", "notes"])
def test_a_text_longer_than_its_column_is_refused(field: str) -> None:
    assert clean_value(field, "x" * LIMITS[field], "US") == "x" * LIMITS[field]
    with pytest.raises(NotValid, match="fit"):
        clean_value(field, "x" * (LIMITS[field] + 1), "US")


@given(st.text())
def test_a_cleaned_text_hides_nothing_and_stays_as_it_is(text: str) -> None:
    cleaned = clean_text(text, "text", 10_000)
    assert cleaned is None or (cleaned == cleaned.strip() != "" and "\x00" not in cleaned and "\u202e" not in cleaned)
    assert clean_text(cleaned, "text", 10_000) == cleaned
