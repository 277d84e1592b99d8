"""The files a campaign can become: one table of targets, each with its header and where its cells come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Literal

from lib.outreach.names import split_name

Family = Literal["sender", "spreadsheet", "address book"]

# What the query gives of a contact and its draft, in its order.
SOURCES = (
    "email",
    "full_name",
    "company",
    "title",
    "phone",
    "linkedin_url",
    "notes",
    "event_name",
    "event_date",
    "event_location",
    "subject",
    "body",
)
# What is made of it. A target that insists on a last name gets the only name there is.
DERIVED = {"first_name": "full_name", "last_name": "full_name", "last_or_only_name": "full_name"}
# Cells that are the same in each row.
FIXED = {"nothing": "", "not_opted_out": "0"}
PLACES = {name: place for place, name in enumerate((*SOURCES, *DERIVED, *FIXED))}


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A target: its columns, each header with the source of its cells, and what it refuses (keys of REASONS)."""

    key: str
    title: str
    family: Family
    note: str
    columns: Mapping[str, str]
    extension: str = "csv"
    mime: str = "text/csv"
    rules: tuple[str, ...] = ()

    @property
    def for_drafts(self) -> bool:
        """Whether the e-mails go with it; else the contacts alone."""
        return "body" in self.columns.values()

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the columns, in their order."""
        return tuple(self.columns)

    @property
    def encoding(self) -> str:
        """How the file is written, in words."""
        return {
            "csv": "UTF-8 without BOM, RFC 4180: commas, quotes where needed, CRLF",
            "xlsx": "Office Open XML, every cell a text",
            "vcf": "vCard 3.0, UTF-8, CRLF, lines of at most 75 octets",
        }[self.extension]

    @property
    def checked(self) -> list[str]:
        """The sources whose dangerous cells hold a row back; none where the file cannot hold a formula."""
        if self.extension != "csv":
            return []
        return sorted({DERIVED.get(source, source) for source in self.columns.values() if source not in FIXED})

    @cached_property
    def pick(self) -> Callable[[Sequence[str]], tuple[str, ...]]:
        """Return the row's cells in the header's order out of SOURCES, DERIVED and FIXED."""
        return itemgetter(*(PLACES[source] for source in self.columns.values()))

    def cells(self, values: tuple[str, ...]) -> tuple[str, ...]:
        """Return the row's cells in the header's order; `values` are those of SOURCES, empty where unknown."""
        name = split_name(values[1])
        last = name.last or ""
        return self.pick((*values, name.first or "", last, last or name.full or "", *FIXED.values()))


GENERIC = {
    "email": "email",
    "firstName": "first_name",
    "lastName": "last_name",
    "fullName": "full_name",
    "company": "company",
    "title": "title",
    "phone": "phone",
    "linkedinUrl": "linkedin_url",
    "eventName": "event_name",
    "subject": "subject",
    "body": "body",
}
# No brackets, dots or dollar signs: the add-ons take a column's name for a pattern.
SHEETS = {
    "Email Address": "email",
    "First Name": "first_name",
    "Last Name": "last_name",
    "Full Name": "full_name",
    "Company": "company",
    "Title": "title",
    "Phone": "phone",
    "LinkedIn": "linkedin_url",
    "Event": "event_name",
    "Subject": "subject",
    "Body": "body",
}
INSTANTLY = {
    "email": "email",
    "first_name": "first_name",
    "last_name": "last_name",
    "company_name": "company",
    "job_title": "title",
    "phone": "phone",
    "website": "nothing",
    "personalization": "nothing",
    "subject": "subject",
    "body": "body",
}
LEMLIST = {
    "email": "email",
    "firstName": "first_name",
    "lastName": "last_name",
    "companyName": "company",
    "phone": "phone",
    "linkedinUrl": "linkedin_url",
    "icebreaker": "nothing",
    "jobTitle": "title",
    "subject": "subject",
    "body": "body",
}
SMARTLEAD = {
    "email": "email",
    "first_name": "first_name",
    "last_name": "last_name",
    "company_name": "company",
    "phone_number": "phone",
    "website": "nothing",
    "linkedin_profile": "linkedin_url",
    "job_title": "title",
    "subject": "subject",
    "body": "body",
}
MAILCHIMP = {
    "Email Address": "email",
    "First Name": "first_name",
    "Last Name": "last_name",
    "Phone Number": "phone",
    "Company": "company",
    "Job Title": "title",
}
HUBSPOT = {
    "First Name": "first_name",
    "Last Name": "last_name",
    "Email": "email",
    "Phone Number": "phone",
    "Company Name": "company",
    "Job Title": "title",
}
SALESFORCE = {
    "First Name": "first_name",
    "Last Name": "last_or_only_name",
    "Company": "company",
    "Title": "title",
    "Email": "email",
    "Phone": "phone",
    "Email Opt Out": "not_opted_out",
}
GOOGLE_HEADER = (
    "First Name,Middle Name,Last Name,Phonetic First Name,Phonetic Middle Name,Phonetic Last Name,Name Prefix,"
    "Name Suffix,Nickname,File As,Organization Name,Organization Title,Organization Department,Birthday,Notes,Photo,"
    "Labels,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value,Address 1 - Label,"
    "Address 1 - Formatted,Address 1 - Street,Address 1 - City,Address 1 - PO Box,Address 1 - Region,"
    "Address 1 - Postal Code,Address 1 - Country,Address 1 - Extended Address,Website 1 - Label,Website 1 - Value"
)
GOOGLE = dict.fromkeys(GOOGLE_HEADER.split(","), "nothing") | {
    "First Name": "first_name",
    "Last Name": "last_name",
    "Organization Name": "company",
    "Organization Title": "title",
    "Notes": "notes",
    "E-mail 1 - Value": "email",
    "Phone 1 - Value": "phone",
    "Website 1 - Value": "linkedin_url",
}
OUTLOOK = {
    "Title": "nothing",
    "First Name": "first_name",
    "Middle Name": "nothing",
    "Last Name": "last_name",
    "Suffix": "nothing",
    "Company": "company",
    "Department": "nothing",
    "Job Title": "title",
    "Business Phone": "phone",
    "Mobile Phone": "nothing",
    "E-mail Address": "email",
    "Notes": "notes",
    "Web Page": "linkedin_url",
}
XLSX = {
    "Email": "email",
    "First Name": "first_name",
    "Last Name": "last_name",
    "Full Name": "full_name",
    "Company": "company",
    "Title": "title",
    "Phone": "phone",
    "LinkedIn": "linkedin_url",
    "Event": "event_name",
    "Event Date": "event_date",
    "Event Location": "event_location",
    "Subject": "subject",
    "Body": "body",
}
VCARD = {"given": "first_name", "family": "last_name", **{source: source for source in SOURCES[:7]}}


def _sender(key: str, title: str, note: str, columns: Mapping[str, str], *rules: str) -> Profile:
    return Profile(key=key, title=title, family="sender", note=note, columns=columns, rules=rules)


def _address_book(key: str, title: str, note: str, columns: Mapping[str, str]) -> Profile:
    return Profile(key=key, title=title, family="address book", note=note, columns=columns)


PROFILES = {
    profile.key: profile
    for profile in (
        _sender("generic", "CSV", "One row per e-mail, for any tool that sends.", GENERIC),
        _sender("gmail", "Gmail mail merge", "Import into the first tab of a Google Sheet, as text.", GENERIC),
        _sender(
            "sheets", "YAMM, GMass, Mailmeteor", "Import into a Google Sheet; {{Subject}} and {{Body}}.", SHEETS
        ),
        _sender("instantly", "Instantly", "{{subject}} and {{body}} come as custom variables.", INSTANTLY),
        _sender("lemlist", "lemlist", "{{subject}} and {{body}} come as custom variables.", LEMLIST),
        _sender("smartlead", "Smartlead", "{{subject}} and {{body}} come as custom fields.", SMARTLEAD),
        _sender(
            "mailchimp", "Mailchimp", "The contacts alone: Mailchimp cuts text at 255 bytes.", MAILCHIMP,
            "odd_address", "too_long",
        ),
        _sender("hubspot", "HubSpot", "The contacts alone.", HUBSPOT),
        _sender(
            "salesforce", "Salesforce leads", "The contacts alone; last name and company are required.", SALESFORCE,
            "no_last_name", "no_company",
        ),
        _address_book("google_contacts", "Google Contacts", "The contacts alone, with notes.", GOOGLE),
        _address_book("outlook", "Outlook", "The contacts alone, with notes.", OUTLOOK),
        Profile(
            key="xlsx", title="Excel", family="spreadsheet", extension="xlsx", columns=XLSX,
            mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            note="One row per e-mail, every cell a text: nothing is calculated, no digit is lost.",
        ),
        Profile(
            key="vcard", title="vCard", family="address book", extension="vcf", mime="text/vcard", columns=VCARD,
            note="The contacts alone, with notes, for phones and address books.",
        ),
    )
}  # fmt: skip
