"""A text area that tells what is typed while one types, as `st.text_input(live=…)` does."""

from __future__ import annotations

from typing import Any

import streamlit as st

# Ctrl+Enter is how Streamlit's text area is told to hand over its text: it is pressed when typing pauses. Where this
# finds nothing, all stays as it was: the text is handed over when one leaves the area.
SCRIPT = """
const PAUSE_MS = 400

export default function ({ data }) {
  const area = document.querySelector(`.st-key-${CSS.escape(data.key)} textarea`)
  if (!area || area.dataset.isLive) return
  area.dataset.isLive = "yes"
  let timer
  const handOver = () => {
    const options = { key: "Enter", code: "Enter", keyCode: 13, ctrlKey: true, bubbles: true, cancelable: true }
    if (area.isConnected) area.dispatchEvent(new KeyboardEvent("keydown", options))
  }
  area.addEventListener("input", (event) => {
    clearTimeout(timer)
    // Half a Chinese or Japanese word is no text yet.
    if (!event.isComposing) timer = setTimeout(handOver, PAUSE_MS)
  })
  area.addEventListener("compositionend", () => { timer = setTimeout(handOver, PAUSE_MS) })
}
"""

HAND_OVER = st.components.v2.component("meishi_live_text_area", js=SCRIPT)


def live_text_area(label: str, value: str, *, key: str, **options: Any) -> str | None:
    """Return the text while it is typed, a moment behind the hand; `options` are those of `st.text_area`."""
    # The script shows nothing, and takes no room where nothing is between it and the area.
    with st.container(gap=None):
        text: str | None = st.text_area(label, value, key=key, **options)
        HAND_OVER(data={"key": key}, key=f"{key}_live", height=0)
    return text
