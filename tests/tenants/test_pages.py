"""Every page as each organisation, in one process, one after the other: none shows anything of the other's."""

from __future__ import annotations

from collections.abc import Iterator

from streamlit.testing.v1 import AppTest

from lib.settings import ROOT
from lib.ui.analytics.filters import VIEWS as ANALYTICS
from tests.tenants.conftest import Two
from tests.tenants.filling import OURS, THEIRS
from tests.tenants.rehearsal import acting

# Page, what its address asks for, and whether it names people, events or groups.
PAGES = [
    ("Home.py", {}, True),
    ("pages/1_Capture.py", {}, True),
    *[("pages/2_Review.py", {"view": view}, True) for view in ("Waiting", "Accepted", "Verified", "All")],
    ("pages/3_Groups.py", {}, True),
    *[("pages/4_Campaigns.py", {"view": view}, True) for view in ("Campaigns", "Templates", "Opt-outs")],
    # All that names nobody are Overview and what the notebook opens with.
    *[("pages/5_Analytics.py", {"view": view}, view in ("Events", "Speed", "Activity")) for view in ANALYTICS],
]


def shown(at: AppTest) -> str:
    """Return everything that the page sends to the browser but pictures: texts, tables, charts, choices."""

    def parts(node: object) -> Iterator[bytes]:
        proto = getattr(node, "proto", None)
        if proto is not None:
            yield proto.SerializeToString()
        for child in getattr(node, "children", {}).values():
            yield from parts(child)

    return b" ".join(parts(at._tree)).decode("utf-8", "ignore").lower()


def opened(path: str, address: dict[str, str], org_id: int) -> str:
    with acting(org_id):
        at = AppTest.from_file(str(ROOT / "Home.py"), default_timeout=60).switch_page(path)
        at.query_params.update(address)
        at.run()
        assert not at.exception, path
        assert not at.error, path
        return shown(at)


def test_no_page_shows_anything_of_the_other_organisation(two: Two) -> None:
    # In turns, so that what a page keeps of one would be shown to the other.
    for path, address, names_somebody in PAGES:
        ours = opened(path, address, two.ours.org_id)
        theirs = opened(path, address, two.theirs.org_id)
        for seen, own, other in ((ours, OURS, THEIRS), (theirs, THEIRS, OURS)):
            assert other.lower() not in seen, (path, address, other)
            assert own.lower() in seen or not names_somebody, (path, address, own)
        # The crowd was there before the migration.
        assert "(sample)" not in theirs, (path, address)


def test_a_page_without_an_organisation_shows_nobody(two: Two) -> None:
    with acting(None):
        at = AppTest.from_file(str(ROOT / "Home.py"), default_timeout=60).run()
    seen = shown(at)
    assert OURS.lower() not in seen
    assert THEIRS.lower() not in seen
    assert "(sample)" not in seen
    assert "four steps" in seen


def test_an_address_with_the_others_numbers_opens_nothing_of_theirs(two: Two) -> None:
    wanted = {name: str(getattr(two.theirs, f"{name}_id")) for name in ("campaign", "group", "event", "ada")}
    address = {**wanted, "contact": wanted["ada"]}
    for path in ("pages/2_Review.py", "pages/3_Groups.py", "pages/4_Campaigns.py", "pages/5_Analytics.py"):
        assert THEIRS.lower() not in opened(path, address, two.ours.org_id)
