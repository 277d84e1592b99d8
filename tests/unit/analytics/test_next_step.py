import pytest

from lib.analytics.next_step import State, choose_next_step

DONE = State(events=1, contacts=9, known=9, groups=1)


@pytest.mark.parametrize(
    ("state", "page", "label"),
    [
        (State(), "pages/1_Capture.py", "Create an event"),
        (State(events=1), "pages/1_Capture.py", "Capture cards"),
        (State(events=1, contacts=9, to_review=4, known=5), "pages/2_Review.py", "Review 4 cards"),
        (State(events=1, contacts=9, failed=1, known=8), "pages/2_Review.py", "Review 1 card"),
        (State(events=1, contacts=9, known=9), "pages/3_Groups.py", "Make a group"),
        (State(events=1, contacts=9, known=9, groups=1, groups_without_campaign=1), "pages/4_Campaigns.py", "Make a campaign"),
        (State(events=1, contacts=9, known=9, groups=1, ready_campaigns=1), "pages/4_Campaigns.py", "Read and download"),
        (DONE, "pages/1_Capture.py", "Capture"),
    ],
)  # fmt: skip
def test_the_next_step_is_the_first_that_is_open(state: State, page: str, label: str) -> None:
    step = choose_next_step(state)
    assert (step.page, step.label) == (page, label)


def test_review_comes_before_writing() -> None:
    state = State(events=1, contacts=9, to_review=1, known=8, groups=1, groups_without_campaign=1, ready_campaigns=1)
    assert choose_next_step(state).page == "pages/2_Review.py"


def test_while_cards_are_read_and_nothing_else_is_open_their_progress_is_the_step() -> None:
    step = choose_next_step(State(events=1, contacts=3, to_read=3))
    assert (step.title, step.label) == ("3 cards are being read", "See how far they are")


def test_the_reason_counts_what_was_unsure_and_what_failed() -> None:
    step = choose_next_step(State(events=1, contacts=9, to_review=2, failed=1))
    assert step.title == "3 cards wait for your review"
    assert "not sure of 2 cards. 1 photo could not be read." in step.reason


def test_one_ready_campaign_is_called_by_its_name() -> None:
    state = State(events=1, contacts=9, known=9, groups=1, ready_campaigns=1, ready_campaign="After the fair")
    assert "After the fair" in choose_next_step(state).reason


def test_several_ready_campaigns_are_counted() -> None:
    assert choose_next_step(State(events=1, contacts=9, groups=1, ready_campaigns=2)).title == "2 campaigns are ready"
