"""Who looks at a page: the guard before all it shows, the sign-in page, and who is signed in, in the sidebar."""

from __future__ import annotations

import time

import streamlit as st

from lib.errors import MeishiError, SettingsError
from lib.loopback import is_loopback
from lib.settings import ROOT
from lib.sign_in import LASTS_S, Standing, Visitor, current_settings, judge_claims, judge_header
from lib.ui.sign_in_middleware import is_guarding
from lib.ui.text import plain
from lib.words import counted

LOGO = ROOT / "static" / "logo.svg"
# How long before a sign-in ends the sidebar says so.
WARNING_S = 15 * 60
# With so many minutes left it is said over the page as well: a phone hides the sidebar.
TOLD_AT = (1, 5, 15)
TOLD_FOR_S = 30
# What the middleware found when signing in failed; it leads back here with the word in the address.
FAILURES = {
    "provider": "The sign-in provider does not answer. Try again in a moment; if it stays so, tell whoever runs this "
    "server.",
    "failed": "Signing in did not work. Try again; if it stays so, tell whoever runs this server.",
}
UNGUARDED = SettingsError(
    "Meishi is not served in the way that guards its images and uploads, so it shows nothing here.",
    "Start it by `make run`, which is `python -m lib`, instead of `streamlit run`.",
)


def guard() -> Visitor | None:
    """Return who looks at this page, None where nobody needs to sign in; end the page for whom it is not."""
    try:
        visitor = _visitor()
    except MeishiError as error:
        st.error(f"{plain(error.message)}\n\n{plain(error.remedy)}", icon=":material/error:")
        st.stop()
    if visitor is not None and not visitor.is_allowed:
        _show_sign_in(visitor)
        st.stop()
    return visitor


def show_visitor(visitor: Visitor) -> None:
    """Show who is signed in and the way out; for the foot of the sidebar."""
    st.divider()
    with st.container(gap="xsmall"):
        st.text(visitor.address or "")
        if visitor.until is None:  # signed in with the proxy, and out there
            return
        if st.button("Sign out", icon=":material/logout:", type="tertiary", key="sign_out"):
            st.logout()
            st.stop()
        _show_end(visitor.until)


def _visitor() -> Visitor | None:
    settings = current_settings()
    if settings.sign_in == "none" and (is_guarding() or is_loopback(st.get_option("server.address"))):
        return None
    if not is_guarding():
        raise UNGUARDED
    if settings.sign_in == "proxy":
        return judge_header(st.context.headers.get_all(settings.sign_in_header), settings.sign_in_allow)
    return judge_claims(st.user.to_dict(), settings.sign_in_allow, time.time())


def _show_end(until: float) -> None:
    """Say when the sign-in is about to end, before what is being typed is lost with it; ask nothing until then."""

    def begin() -> None:
        if until - time.time() <= WARNING_S:
            st.fragment(_count_down, run_every=60.0)(until)

    wait_s = until - time.time() - WARNING_S
    # A second more: who came too early would not come again.
    st.fragment(begin, run_every=wait_s + 1 if wait_s > 0 else None)()


def _count_down(until: float) -> None:
    """Say in the sidebar how long the sign-in holds, and at few points over the page."""
    minutes = max(1, round((until - time.time()) / 60))
    said = f"Your sign-in ends in {counted(minutes, 'minute')}. Save what you are typing, then sign out and in again."
    st.warning(said)
    mark = (until, next((mark for mark in TOLD_AT if minutes <= mark), None))
    if st.session_state.get("end_told") != mark:
        st.session_state["end_told"] = mark
        st.toast(said, icon=":material/schedule:", duration=TOLD_FOR_S)


def _show_sign_in(visitor: Visitor) -> None:
    """Show the sign-in page, or why somebody who signed in is not let in."""
    with st.container(horizontal_alignment="center"), st.container(width=420, gap="medium"):
        st.space("large")
        st.image(LOGO, width=150)
        failure = FAILURES.get(st.query_params.get("sign_in", ""))
        if failure and visitor.address is None:
            st.warning(failure, icon=":material/error:")
        if visitor.standing in (Standing.UNKNOWN, Standing.ENDED):
            _offer_sign_in(visitor)
        else:
            _offer_sign_out(visitor)


def _offer_sign_in(visitor: Visitor) -> None:
    if visitor.standing is Standing.ENDED:
        st.markdown(
            f"Your sign-in has ended; it lasts {LASTS_S // 3600} hours. What was saved is kept. What was typed and "
            "not yet saved is not."
        )
    else:
        st.markdown("Sign in to see your cards and contacts.")
    if st.button("Sign in", type="primary", icon=":material/login:", width="stretch", key="sign_in"):
        st.login()


def _offer_sign_out(visitor: Visitor) -> None:
    with st.container(gap=None):
        st.text(visitor.address or "")
        if visitor.standing is Standing.UNVERIFIED:
            st.markdown("was not confirmed with the sign-in provider. Confirm it there, then sign in again.")
        else:
            st.markdown("is not on the list of this Meishi. Ask whoever runs it, or sign in with another address.")
    if visitor.until is not None and st.button("Sign out", icon=":material/logout:", width="stretch", key="sign_out"):
        st.logout()
