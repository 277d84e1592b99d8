"""Every page and view, by its file and what stands in its address."""

from __future__ import annotations

from collections.abc import Iterator

from streamlit.testing.v1 import AppTest

from lib.settings import ROOT
from lib.ui.analytics.filters import VIEWS as ANALYTICS
from lib.ui.review.filters import CARDS, TABLE
from lib.ui.review.filters import VIEWS as REVIEW

CAMPAIGNS = ("Campaigns", "Templates", "Opt-outs")
EVERYWHERE: list[tuple[str, dict[str, str]]] = [
    ("Home.py", {}),
    ("pages/1_Capture.py", {}),
    ("pages/3_Groups.py", {}),
    *(("pages/2_Review.py", {"view": view, "layout": layout}) for view in REVIEW for layout in (TABLE, CARDS)),
    *(("pages/4_Campaigns.py", {"view": view}) for view in CAMPAIGNS),
    *(("pages/5_Analytics.py", {"view": view}) for view in ANALYTICS),
]


def show(path: str, address: dict[str, str]) -> AppTest:
    """Return the page as it stands when it was opened by its address."""
    # A page's links name the others, so the app's own entry comes first.
    at = AppTest.from_file(str(ROOT / "Home.py"), default_timeout=60).switch_page(path)
    for name, value in address.items():
        at.query_params[name] = value
    return at.run()


def texts(at: AppTest) -> Iterator[str]:
    """Give all that the page's elements say."""
    for element in at:
        for part in ("label", "value", "body", "help", "placeholder"):
            said = getattr(element, part, None)
            if isinstance(said, str):
                yield said
