"""What a page says once it has run anew."""

from streamlit.testing.v1 import AppTest


def script() -> None:
    import streamlit as st

    from lib.ui.saying import say_kept, say_next

    say_kept()
    if st.button("Do it"):
        say_next("Done.", icon=":material/check:")
        say_next("And more.", icon=":material/check:", duration="long")
        st.rerun()


def test_what_a_run_did_that_is_cut_off_is_said_by_the_next_once() -> None:
    at = AppTest.from_function(script).run()
    assert not at.toast
    at.button[0].click().run()
    assert [toast.value for toast in at.toast] == ["Done.", "And more."]
    assert not at.run().toast
