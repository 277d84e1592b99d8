import datetime as dt

from lib.contacts.contacts import Contact
from lib.contacts.finding import Doubts
from lib.ui.review.grid import CHECK, SELECT, read_edits, to_grid

NOW = dt.datetime(2026, 5, 1, 12, 0)


def contact(**known: object) -> Contact:
    empty = dict.fromkeys(Contact.__dataclass_fields__)
    return Contact(**{**empty, "id": 7, "label": "a.jpg", "status": "pending_review", "created_at": NOW, **known})


def test_a_grid_has_a_row_for_each_contact_under_its_id() -> None:
    grid = to_grid([contact(id=7), contact(id=3, full_name="Jane Doe")], set(), {}, {})
    assert list(grid.index) == [7, 3]
    assert grid.loc[3, "full_name"] == "Jane Doe"


def test_a_name_that_is_not_known_is_an_empty_cell() -> None:
    assert to_grid([contact(full_name=None, label="IMG_1.jpg")], set(), {}, {}).loc[7, "full_name"] is None


def test_a_refused_value_stays_where_it_was_typed() -> None:
    grid = to_grid([contact(email="jane@example.com")], set(), {(7, "email"): "jane@"}, {})
    assert grid.loc[7, "email"] == "jane@"


def test_chosen_contacts_are_ticked() -> None:
    grid = to_grid([contact(id=7), contact(id=8)], {8}, {}, {})
    assert list(grid[SELECT]) == [False, True]


def test_a_row_names_what_is_missing_and_the_unsure_fields_the_least_sure_first() -> None:
    doubts = Doubts(reasons=(), confidences={"full_name": 0.71, "title": 0.62, "phone": 0.97})
    grid = to_grid([contact(full_name="Jane Doe")], set(), {}, {7: doubts})
    assert grid.loc[7, CHECK] == "no e-mail · Title 62% · +1"


def test_nothing_is_to_check_once_a_person_verified_it() -> None:
    doubts = Doubts(reasons=(), confidences={"full_name": 0.2})
    assert to_grid([contact(status="user_verified")], set(), {}, {7: doubts}).loc[7, CHECK] == ""


def test_an_edit_belongs_to_the_contact_whose_row_it_was() -> None:
    edited = {1: {"email": "jane@example.com"}, 0: {}}
    assert read_edits(edited, [7, 3], done={}) == {3: {"email": "jane@example.com"}}


def test_an_edit_already_done_is_not_done_again() -> None:
    done = {1: {"company": "Acme"}}
    edited = {0: {"title": "Buyer"}, 1: {"company": "Acme"}}
    assert read_edits(edited, [7, 3], done=done) == {7: {"title": "Buyer"}}


def test_a_cell_edited_once_more_is_a_new_edit() -> None:
    assert read_edits({0: {"company": "Acme Ltd"}}, [7], done={0: {"company": "Acme"}}) == {
        7: {"company": "Acme Ltd"}
    }


def test_an_empty_page_still_has_all_columns() -> None:
    assert {"full_name", "email", "confidence"} <= set(to_grid([], set(), {}, {}).columns)
