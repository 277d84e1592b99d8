"""A text area that tells what is typed while one types, as `st.text_input(live=…)` does."""

from __future__ import annotations

from typing import Any

import streamlit as st

# Ctrl+Enter is how Streamlit's text area is told to hand over its text: it is pressed when typing pauses. Where this
# finds nothing, all stays as it was: the text is handed over when one leaves the area.
SCRIPT = """
const PAUSE_MS = 400

export default function ({ data }) {
  // Once for each area, however often it is drawn anew.
  const known = (document.meishiLiveAreas ??= new Set())
  if (known.has(data.key)) return
  known.add(data.key)
  const selector = `.st-key-${CSS.escape(data.key)} textarea`
  const options = { key: "Enter", code: "Enter", keyCode: 13, ctrlKey: true, bubbles: true, cancelable: true }
  let timer
  const wait = () => {
    clearTimeout(timer)
    timer = setTimeout(
      () => document.querySelector(selector)?.dispatchEvent(new KeyboardEvent("keydown", options)), PAUSE_MS)
  }
  const follow = (event) => {
    // Half a Chinese or Japanese word is no text yet.
    if (event.target.matches?.(selector) && !event.isComposing) wait()
  }
  document.addEventListener("input", follow)
  document.addEventListener("compositionend", follow)
  // Who types fast has begun before this came.
  if (document.activeElement?.matches(selector)) wait()
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
