"""Opt-outs out of the files that people have."""

import codecs

import pytest

from lib.contacts.suppression_files import read_addresses
from lib.errors import NotValid

ADA, BEN = ("address", "ada@example.com"), ("address", "ben@example.com")
MAILCHIMP = 'Email Address,First Name,NOTES\nada@example.com,Ada,"asked, then wrote to cleo@example.com"\nben@example.com,Ben,\n'
GOOGLE = (
    "First Name,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Value,Website 1 - Value\n"
    "Ada,* Work,ada@example.com ::: a@example.org,,www.example.net\n"
    "Ben,Home,ben@example.com,b@example.org,\n"
)
OUTLOOK = '"Title";"First Name";"E-mail Address";"Web Page"\n"";"Ada";"ada@example.com";"example.net"\n"";"Ben";"ben@example.com";""\n'


@pytest.mark.parametrize(
    "text",
    [
        "ada@example.com\nben@example.com\n",
        "Email\nada@example.com\nben@example.com\n",
        "ada@example.com\r\n\r\n  \r\nBEN@example.com",
        "ada@example.com;\nben@example.com;\n",
        "Name\tMail\nAda\tada@example.com\nBen\tben@example.com\n",
        "Courriel,Nom\nada@example.com,Ada\nben@example.com,Ben\n",
        "ada@example.com, ben@example.com",
        '"Ada" <ada@example.com>\n"Ben" <ben@example.com>\n',
        MAILCHIMP,
        OUTLOOK,
    ],
)
def test_addresses_are_found_in_any_reasonable_file(text: str) -> None:
    assert read_addresses(text.encode()) == ([ADA, BEN], [])


def test_google_keeps_several_addresses_in_columns_and_cells() -> None:
    found, refused = read_addresses(GOOGLE.encode())
    assert sorted(value for _, value in found) == [
        "a@example.org",
        "ada@example.com",
        "b@example.org",
        "ben@example.com",
    ]
    assert refused == []


@pytest.mark.parametrize(
    "data",
    [
        codecs.BOM_UTF8 + MAILCHIMP.encode(),
        codecs.BOM_UTF16_LE + MAILCHIMP.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + MAILCHIMP.encode("utf-16-be"),
        MAILCHIMP.encode("utf-16-le"),
        MAILCHIMP.replace("asked", "bat förut").encode("cp1252"),
    ],
    ids=["utf-8 mark", "utf-16-le mark", "utf-16-be mark", "utf-16-le", "windows-1252"],
)
def test_a_file_is_read_in_the_encoding_it_has(data: bytes) -> None:
    assert read_addresses(data) == ([ADA, BEN], [])


def test_a_column_of_domains_is_taken_where_no_column_has_addresses() -> None:
    found, _ = read_addresses(b"Company,Domain\nExample Ltd,example.com\nSample,@example.org\n")
    assert found == [("domain", "example.com"), ("domain", "example.org")]


def test_a_list_may_mix_addresses_and_domains() -> None:
    assert read_addresses(b"ada@example.com\nexample.org\nexample.net\n")[0] == [
        ADA,
        ("domain", "example.org"),
        ("domain", "example.net"),
    ]


def test_websites_beside_addresses_are_not_opted_out() -> None:
    found, _ = read_addresses(b"Email,Website\nada@example.com,gmail.com\nben@example.com,example.org\n")
    assert found == [ADA, BEN]


def test_a_first_line_that_is_no_address_is_no_header_either() -> None:
    found, refused = read_addresses(b"cleo@localhost\nada@example.com\nben@example.com\n")
    assert (found, [line.text for line in refused]) == ([ADA, BEN], ["cleo@localhost"])


def test_refused_lines_are_told_with_their_number_and_why() -> None:
    _, refused = read_addresses(b"Email,Name\nada@example.com,Ada\n,Ben\nben at example,Ben\n")
    assert [(line.line, line.text) for line in refused] == [(3, "Ben"), (4, "ben at example")]
    assert all(line.why for line in refused)


@pytest.mark.parametrize(
    "data", [b"", b"\n\n", b"Name,City\nAda,Berlin\n", b"PK\x03\x04\0\0", b"\xff\xfe\x00", b"\x89PNG\r\n\0\0"]
)
def test_a_file_without_addresses_is_refused(data: bytes) -> None:
    with pytest.raises(NotValid):
        read_addresses(data)


def test_a_quote_that_never_ends_is_told() -> None:
    with pytest.raises(NotValid, match="cannot be read"):
        read_addresses(b'Email\nada@example.com\n"ben@example.com\n' + b"x@example.com\n" * 20_000)
