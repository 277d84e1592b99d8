import datetime as dt

from lib.analytics.filling import filled

MOMENT = dt.datetime(2026, 3, 14, 12)


def test_parameters_become_literals() -> None:
    sql = "select 1 where created_at >= cast(:since as timestamp) and event_id = :event_id and zone = :zone"
    told = filled(sql, {"since": MOMENT, "event_id": 3, "zone": None})
    assert told.endswith("cast('2026-03-14 12:00:00' as timestamp) and event_id = 3 and zone = null")


def test_text_cannot_end_its_quotes() -> None:
    assert filled("select :name", {"name": "x'; drop table contacts; --"}) == "select 'x''; drop table contacts; --'"


def test_a_cast_and_a_comment_stay_as_they_are() -> None:
    sql = "-- :since: from when on\nselect x::since, :since"
    assert filled(sql, {"since": None}) == "-- :since: from when on\nselect x::since, null"
