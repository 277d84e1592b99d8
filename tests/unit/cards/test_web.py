import pytest

from lib.cards.extract.web import find_linkedin, find_website


@pytest.mark.parametrize(
    "printed",
    [
        "example.com",
        "www.example.com",
        "https://www.example.com/",
        "Web: http://example.com",
        "WWW.EXAMPLE.COM",
        "Site |www.example.com",
        "www,example.com",
        "www example com",
        "https /lwww.example.com",
    ],
)
def test_a_website_is_given_without_scheme_and_www(printed):
    found = find_website(printed, 0)
    assert found is not None
    assert found.value == "example.com"


def test_the_path_of_a_website_is_kept():
    assert find_website("www.example.com/team", 0).value == "example.com/team"


@pytest.mark.parametrize(
    "text",
    [
        "Jane Doe M.Sc.",
        "Tel. 030 901820",
        "facebook.com/example",
        "x.com/example",
        "Example Inc.Springfield",
        "Gatto e Figli s.r.l.",
    ],
)
def test_these_are_no_websites(text):
    assert find_website(text, 0) is None


@pytest.mark.parametrize(
    "printed",
    [
        "linkedin.com/in/jane-doe",
        "https://www.linkedin.com/in/jane-doe/",
        "LinkedIn: linkedin.com/in/jane-doe",
        "linkedin: in/jane-doe",
        "/in/jane-doe",
        "L /in/jane-doe",
        "in in/jane-doe",
        "Linkedin: jane-doe",
    ],
)
def test_a_profile_is_given_as_its_whole_address(printed):
    assert find_linkedin(printed, 0).value == "https://www.linkedin.com/in/jane-doe"


@pytest.mark.parametrize("text", ["Built in/for Europe", "12 Main Street in Springfield", "Jane Doe"])
def test_the_word_in_alone_is_no_profile(text):
    assert find_linkedin(text, 0) is None


@pytest.mark.parametrize(
    "printed", ["http:/lwww.example.com", "htp://www.example.com", "wwww.example.com", "w.example.com"]
)
def test_a_scheme_or_www_that_was_misread_is_left_out(printed):
    assert find_website(printed, 0).value == "example.com"
