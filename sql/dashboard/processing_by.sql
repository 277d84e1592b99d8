-- How long a step takes, in seconds, for each event or each engine, the most cards first. Name is null for cards of no
-- event, and for those that no engine has read.
-- :stretch: one of processing_times.sql, which says what the counts are. :by: 'event' or 'engine'.
-- :since, :until: captured from the one to before the other, UTC (null: open). :event_id: at one event (null: all).
with spans as (
  select
    case when cast(:by as text) = 'event' then event_id end as of_event_id,
    case when cast(:by as text) = 'engine' then engine end as of_engine,
    outcome,
    seconds
  from processing_spans
  where stretch = cast(:stretch as text)
    and (cast(:since as timestamp) is null or captured_at >= cast(:since as timestamp))
    and (cast(:until as timestamp) is null or captured_at < cast(:until as timestamp))
    and (cast(:event_id as integer) is null or event_id = cast(:event_id as integer))
),
groups as (
  select
    of_event_id,
    of_engine,
    count(seconds) as n,
    count(*) filter (where outcome = 'unfinished') as unfinished,
    percentile_cont(0.5) within group (order by seconds) as median_seconds,
    percentile_cont(0.9) within group (order by seconds) as p90_seconds,
    percentile_cont(0.95) within group (order by seconds) as p95_seconds,
    max(seconds) as max_seconds
  from spans
  group by of_event_id, of_engine
)
select
  coalesce(events.name, groups.of_engine) as name, groups.n, groups.unfinished, groups.median_seconds,
  groups.p90_seconds, groups.p95_seconds, groups.max_seconds
from groups
left join events on events.id = groups.of_event_id
order by groups.n desc, name, groups.of_event_id;
