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


def test_plain_text_is_one_line() -> None:
    assert plain("Jane\n\n- Doe") == "Jane \\- Doe"
