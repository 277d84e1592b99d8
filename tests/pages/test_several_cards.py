"""What a photo with several cards looks like on the pages."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from lib.jobs.reading import run_reading
from tests.database.test_several_cards import event_id, job_id, three_cards
from tests.pages.test_capture_page import PAGE, words

__all__ = ["event_id", "job_id"]

Show = Callable[[str], AppTest]


@pytest.fixture
def read_job(job_id: int) -> int:
    run_reading(job_id, three_cards)
    return job_id


def test_capture_lists_every_card_of_a_photo(show: Show, read_job: int) -> None:
    at = show(PAGE)
    assert not at.exception
    assert {metric.label: metric.value for metric in at.metric} == {
        "Waiting": "0",
        "Being read": "0",
        "Read": "3",
        "Failed": "0",
    }
    latest = at.dataframe[0].value
    assert list(latest["Photo"]) == ["IMG_1 (3).jpg", "IMG_1 (2).jpg", "IMG_1.png"]
    assert list(latest["Name"][1:]) == ["Omar Haddad", "Jane Miller"]
    assert latest["Seconds"].nunique() == 1


def test_review_shows_the_card_without_a_name_by_its_photo(show: Show, read_job: int) -> None:
    at = show("pages/2_Review.py")
    assert not at.exception
    assert "IMG_1 (3).jpg" in words(at).replace("\\", "")
