import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.cards.details import find_details
from lib.cards.extract.email import Email, find_emails, is_address, join_broken


def only(text: str, **more) -> Email:
    (email,) = find_emails(text, 0, **more)
    return email


@pytest.mark.parametrize(
    "printed",
    [
        "jane.doe@example.com",
        "E-Mail: jane.doe@example.com",
        "e|jane.doe@example.com",
        "@:Jane.Doe@Example.com",
        "Mail - JANE.DOE@EXAMPLE.COM",
    ],
)
def test_an_address_is_found_behind_its_label_in_lower_case(printed):
    assert only(printed).value == "jane.doe@example.com"
    assert not only(printed).repaired


@pytest.mark.parametrize(
    "misread",
    [
        "jane.doe@@example.com",
        "jane.doe©example.com",
        "jane.doe(a)example.com",
        "jane.doe(at)example.com",
        "jane.doe @ example.com",
        "jane.doe@ example.com",
        "jane.doe@example,com",
        "jane.doe@example.c0m",
        "jane.doe@example.corn",
        "jane.doe@example .com",
        "jane.doe@example. com",
        "jane.doe@example com",
        "jane.doe@examplecom",
    ],
)
def test_a_safe_repair_mends_the_address_and_says_so(misread):
    assert only(misread).value == "jane.doe@example.com"
    assert only(misread).repaired


@pytest.mark.parametrize(
    ("misread", "mended"),
    [
        ("jane@exampleco.uk", "jane@example.co.uk"),
        ("jane@examp1e.co.uk", "jane@example.co.uk"),
        ("jane@exarnple.co.uk", "jane@example.co.uk"),
    ],
)
def test_a_domain_that_looks_like_the_websites_becomes_it(misread, mended):
    email = only(misread, websites=("example.co.uk/team",))
    assert (email.value, email.repaired) == (mended, True)


def test_another_existing_domain_than_the_websites_is_left_alone():
    email = only("jane@example.org", websites=("example.com",))
    assert (email.value, email.repaired) == ("jane@example.org", False)


def test_letters_before_the_at_sign_are_never_changed():
    assert only("jan3.d0e@example.com").value == "jan3.d0e@example.com"


def test_a_gap_after_a_word_of_the_card_was_a_dot():
    email = only("jane doe@example.com", words=frozenset({"jane", "doe"}))
    assert (email.value, email.repaired) == ("jane.doe@example.com", True)


@pytest.mark.parametrize(
    "text", ["b doe@example.com", "t doe@example.com", "E e doe@example.com", "Mail:t doe@example.com"]
)
def test_an_address_with_an_unexplained_word_before_it_is_doubted(text):
    assert only(text).repaired


@pytest.mark.parametrize(
    "text", ["E doe@example.com", "e. doe@example.com", "E Mail doe@example.com", "Email ID doe@example.com"]
)
def test_a_label_before_an_address_is_no_reason_to_doubt_it(text):
    assert not only(text).repaired


def test_an_ending_that_does_not_exist_makes_no_address():
    assert find_emails("jane.doe@example.invalidending", 0) == []


def test_two_addresses_on_a_line_are_both_found():
    found = find_emails("jane@example.com | info@example.com", 0)
    assert [email.value for email in found] == ["jane@example.com", "info@example.com"]


def test_an_address_broken_at_its_at_sign_is_joined():
    assert join_broken(["jane.doe@", "example.com"]) == [(0, 1, "jane.doe@example.com")]


@given(
    local=st.from_regex(r"[a-z]{1,8}([._-][a-z]{1,8})?", fullmatch=True),
    name=st.from_regex(r"[a-z]{3,12}", fullmatch=True),
    ending=st.sampled_from(["com", "org", "de", "co.uk", "io"]),
)
def test_a_clean_address_is_returned_as_it_stands(local, name, ending):
    address = f"{local}@{name}.{ending}"
    assert [email.value for email in find_emails(address, 0)] == [address]


@given(st.text(max_size=80))
def test_any_text_gives_only_addresses_that_could_exist(text):
    assert all(is_address(email.value) for email in find_emails(text, 0))


@pytest.mark.parametrize("mailbox", ["jdoe", "jane.doe", "j.doe", "doe"])
def test_the_label_that_the_engine_glued_to_a_mailbox_is_cut_off(mailbox):
    email = only(f"E{mailbox}@example.com", words=frozenset({"jane", "doe", "buyer"}))
    assert email.value == f"{mailbox}@example.com"
    assert email.repaired


@pytest.mark.parametrize(
    ("printed", "words"),
    [
        ("Erossi@example.com", {"emma", "rossi"}),
        ("Eric.doe@example.com", {"eric", "doe"}),
        ("Emilia@example.com", {"jane", "doe"}),
        ("ejdoe@example.com", {"jane", "doe"}),
    ],
)
def test_an_e_that_may_belong_to_the_mailbox_stays(printed, words):
    assert only(printed, words=frozenset(words)).value == printed.lower()


@pytest.mark.parametrize("between", [", ", " ", "/", ";", " • "])
def test_two_addresses_on_a_line_stay_two_whatever_parts_them(between):
    found = find_emails(f"jane@example.com{between}info@example.com", 0)
    assert [(email.value, email.repaired) for email in found] == [
        ("jane@example.com", False),
        ("info@example.com", False),
    ]


@pytest.mark.parametrize("ending", ["com", "de", "co.uk"])
def test_a_website_glued_behind_an_address_is_cut_off_and_kept(ending):
    details = find_details([f"jane@quorvex.{ending}www.quorvex.{ending}"], "US")
    assert [(email.value, email.repaired) for email in details.emails] == [(f"jane@quorvex.{ending}", True)]
    assert [website.value for website in details.websites] == [f"quorvex.{ending}"]


@pytest.mark.parametrize("sign", ["g", "e", "a", "Q", "©"])
def test_an_at_sign_read_as_a_letter_is_known_by_the_website(sign):
    (email,) = find_details([f"jane{sign}quorvex.com", "www.quorvex.com"], "US").emails
    assert (email.value, email.repaired) == ("jane@quorvex.com", True)


def test_an_at_sign_read_as_a_letter_is_known_by_the_companys_name():
    (email,) = find_details(["janegquorvex.com", "Quorvex"], "US").emails
    assert (email.value, email.repaired) == ("jane@quorvex.com", True)


def test_without_either_a_word_before_a_dot_is_a_website():
    details = find_details(["janegquorvex.com", "Hollis Tools"], "US")
    assert (details.emails, [website.value for website in details.websites]) == ((), ["janegquorvex.com"])


def test_a_website_of_a_card_with_an_address_is_no_misread_address():
    details = find_details(["jane@quorvex.com", "shopequorvex.com"], "US")
    assert [email.value for email in details.emails] == ["jane@quorvex.com"]


@pytest.mark.parametrize(
    ("printed", "value"),
    [("franz.bœhmler@example.at", "franz.boehmler@example.at"), ("œlker@example.de", "oelker@example.de")],
)
def test_letters_read_as_one_sign_are_two_in_an_address(printed, value):
    assert (only(printed).value, only(printed).repaired) == (value, True)


def test_an_address_between_a_number_and_a_website_leaves_both():
    details = find_details(["T 212 555 0123 | jane@example.com | www.example.com"], "US")
    assert [phone.e164 for phone in details.phones] == ["+12125550123"]
    assert [website.value for website in details.websites] == ["example.com"]
    assert details.rests == ("",)


def test_a_bracket_before_the_at_is_dropped():
    (email,) = find_emails("info(@example.com", 0)
    assert (email.value, email.repaired) == ("info@example.com", True)


def test_a_handle_below_a_number_is_no_address():
    assert [mail.value for mail in find_details(["GSM +32 476 88 31 04", "@example_eu"], "BE").emails] == []
