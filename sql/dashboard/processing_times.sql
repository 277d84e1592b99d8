-- How long each step takes, in seconds. One row per stretch, always all six, in order: `queue` (job made to started),
-- `reading` (started to completed), `review` (read to reviewed), `contact` (captured to accepted or verified), `draft`
-- and `export` (captured to that person's own first draft, and its first export).
-- Times are of successes only: a photo that fails at once would flatter them, so `unfinished` and `failed` are counted
-- beside. `excluded` is done but lacks one of its two times, or ends before it begins (a clock was set back).
-- :since, :until: captured from the one to before the other, UTC (null: open). :event_id: at one event (null: all).
with stretches (stretch, place) as (
  values ('queue', 1), ('reading', 2), ('review', 3), ('contact', 4), ('draft', 5), ('export', 6)
)
select
  stretches.stretch,
  times.n,
  times.unfinished,
  times.excluded,
  times.median_seconds,
  times.p90_seconds,
  times.p95_seconds,
  times.max_seconds,
  times.failed
from stretches
-- Each stretch by itself: together, all times would be sorted by its name first, which takes longer than all else.
cross join lateral (
  select
    count(seconds) as n,
    count(*) filter (where outcome = 'unfinished') as unfinished,
    count(*) filter (where outcome = 'done' and seconds is null) as excluded,
    percentile_cont(0.5) within group (order by seconds) as median_seconds,
    percentile_cont(0.9) within group (order by seconds) as p90_seconds,
    percentile_cont(0.95) within group (order by seconds) as p95_seconds,
    max(seconds) as max_seconds,
    count(*) filter (where outcome = 'failed') as failed
  from processing_spans
  where stretch = stretches.stretch
    and (cast(:since as timestamp) is null or captured_at >= cast(:since as timestamp))
    and (cast(:until as timestamp) is null or captured_at < cast(:until as timestamp))
    and (cast(:event_id as integer) is null or event_id = cast(:event_id as integer))
) as times
order by stretches.place;
