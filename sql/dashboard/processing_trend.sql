-- How long a step takes, in seconds, by the day on which the card was captured. One row per day that has any.
-- :stretch: one of processing_times.sql, which counts what is left out here. :zone: whose days, as 'Europe/Berlin'.
-- :since, :until: captured from the one to before the other, UTC (null: open). :event_id: at one event (null: all).
select
  day_in(cast(:zone as text), captured_at) as day,
  percentile_cont(0.5) within group (order by seconds) as p50_seconds,
  percentile_cont(0.9) within group (order by seconds) as p90_seconds,
  count(*) as n
from processing_spans
where stretch = cast(:stretch as text)
  and seconds is not null
  and (cast(:since as timestamp) is null or captured_at >= cast(:since as timestamp))
  and (cast(:until as timestamp) is null or captured_at < cast(:until as timestamp))
  and (cast(:event_id as integer) is null or event_id = cast(:event_id as integer))
group by day
order by day;
