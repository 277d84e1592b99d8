import pytest

from lib.ui.text import plain


@pytest.mark.parametrize(
    "text",
    [
        "![x](https://example.com/pixel.png)",
        "<b>bold</b>",
        "$x^2$",
        ":material/home:",
        "**bold**",
        "`code`",
        "# head",
    ],
)
def test_markdown_on_a_card_is_shown_and_not_obeyed(text: str) -> None:
    shown = plain(text)
    assert all(f"\\{c}" in shown for c in text if c in "![]()<>$*`#:")


@pytest.mark.parametrize("text", ["https://example.com", "www.example.com", "jane@example.com", ":streamlit:"])
def test_an_address_is_broken_where_a_link_or_picture_would_begin(text: str) -> None:
    assert plain(text).replace("\\", "").replace("\u2060", "") == text
    assert "\u2060" in plain(text)


def test_plain_text_is_one_line() -> None:
    assert plain("Jane\n\n- Doe") == "Jane \\- Doe"
