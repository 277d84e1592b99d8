-- How long a step takes, in seconds, by the day on which the card was captured. One row per day that has any.
-- :stretch: one of processing_times.sql, which counts what is left out here. :zone: whose days, as 'Europe/Berlin'.
-- :since, :until: captured from the one to before the other, UTC (null: open). :event_id: at one event (null: all).
with bounds as (
  select
    day_in(cast(:zone as text), coalesce(cast(:since as timestamp), min(created_at))) as first_day,
    day_in(cast(:zone as text), coalesce(cast(:until as timestamp), max(created_at))) as last_day
  from contacts
),
days as (
  select first_day + place as day
  from bounds
  cross join generate_series(0, last_day - first_day) as place
)
select days.day, times.p50_seconds, times.p90_seconds, times.n
from days
-- Day by day along the index of what was captured: together, all times would be sorted by day first.
cross join lateral (
  select
    percentile_cont(0.5) within group (order by seconds) as p50_seconds,
    percentile_cont(0.9) within group (order by seconds) as p90_seconds,
    count(*) as n
  from processing_spans
  where stretch = cast(:stretch as text)
    and seconds is not null
    and captured_at >= midnight_in(cast(:zone as text), days.day)
    and captured_at < midnight_in(cast(:zone as text), days.day + 1)
    and (cast(:since as timestamp) is null or captured_at >= cast(:since as timestamp))
    and (cast(:until as timestamp) is null or captured_at < cast(:until as timestamp))
    and (cast(:event_id as integer) is null or event_id = cast(:event_id as integer))
) as times
where times.n > 0
order by days.day;
