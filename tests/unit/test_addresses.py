"""How addresses and domains are compared."""

import pytest

from lib.contacts.addresses import domains_above, fold_address, parse
from lib.errors import NotValid


@pytest.mark.parametrize(
    ("typed", "compared"),
    [
        ("Ada@Example.COM", "ada@example.com"),
        ("a.d.a+news@gmail.com", "ada@gmail.com"),
        ("ada@googlemail.com", "ada@gmail.com"),
        ("a.da+news@example.com", "a.da@example.com"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("jose\u0301@example.com", "josé@example.com"),
        ("o’neil@example.com", "o'neil@example.com"),
        ("o'neil@example.com", "o'neil@example.com"),
        ("ada\u200b@example.com\u202e", "ada@example.com"),
        (' "Example, Ada" <ada@example.com> ', "ada@example.com"),
        ("mailto:ada@example.com", "ada@example.com"),
        ("MAILTO:ada@example.com", "ada@example.com"),
        ("<Mailto: ada@example.com>", "ada@example.com"),
        ("ada@example.com.", "ada@example.com"),
        ("+@gmail.com", "+@gmail.com"),
    ],
)
def test_spellings_of_one_mailbox_are_compared_as_one(typed: str, compared: str) -> None:
    assert parse(typed) == ("address", compared)


def test_a_stored_address_is_compared_as_a_typed_one() -> None:
    for email in ("Ada.Byron+x@GMail.com", "o’neil@example.com", "ada@bücher.example", "ＡＤＡ@example.com"):
        assert ("address", fold_address(email)[0]) == parse(email)


@pytest.mark.parametrize("typed", ["example.com", "@Example.com", "*@example.com", "*.example.com", "example.com."])
def test_a_domain_can_be_written_in_several_ways(typed: str) -> None:
    assert parse(typed) == ("domain", "example.com")


@pytest.mark.parametrize(
    "typed",
    [
        "com",
        "co.uk",
        "Ada",
        "ada@",
        "@",
        "a b@example.com",
        "a@b@example.com",
        "10.0.0.1",
        "",
        "ada@exa mple.com",
        "https://example.com",
        "email:ada@example.com",
    ],
)
def test_what_is_neither_is_refused(typed: str) -> None:
    with pytest.raises(NotValid):
        parse(typed)


def test_a_domain_belongs_to_those_above_it() -> None:
    assert domains_above("a.mail.example.com") == ("a.mail.example.com", "mail.example.com", "example.com")


@pytest.mark.parametrize("email", ["", "@", "nobody", "a@" + "ü" * 300, "a@\ud800.com", "\0"])
def test_no_stored_address_is_too_odd_to_be_compared(email: str) -> None:
    assert fold_address(email)
