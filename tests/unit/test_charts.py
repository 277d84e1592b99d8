from typing import Any

import pytest

from lib.ui.charts import _clicked


def selection(*points: dict[str, Any]) -> Any:
    return {"selection": {"points": list(points)}}


@pytest.mark.parametrize("data", ["a week", ["a week"]])
def test_what_was_clicked_is_told_by_its_data(data: object) -> None:
    assert _clicked(selection({"customdata": data})) == "a week"


@pytest.mark.parametrize("point", [{}, {"customdata": None}, {"customdata": []}, {"customdata": [None]}])
def test_a_point_without_data_is_nothing_clicked(point: dict[str, Any]) -> None:
    assert _clicked(selection(point)) is None


def test_before_a_click_nothing_was_clicked() -> None:
    assert _clicked(selection()) is None
