"""Text from cards, files and models on a page: shown, never interpreted."""

from __future__ import annotations

import re

# Everything that Streamlit's markdown gives a meaning: emphasis, links, images, LaTeX, colours, icons, HTML.
SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:^=&@/])")
# Addresses become links, and `:streamlit:` a picture, even when escaped; a word joiner, which nobody sees, keeps them
# text.
LINK = re.compile(r"(?<=:)(?=//|streamlit:)|(?<=www)(?=\.)|(?=@)", re.IGNORECASE)


def plain(text: str | None) -> str:
    """Return `text` on one line, so that a widget that reads markdown (toast, error, caption) shows it as it is."""
    return SPECIAL.sub(r"\\\1", LINK.sub("\u2060", " ".join((text or "").split())))
