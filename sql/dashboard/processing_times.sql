-- How long a card takes, in seconds. One row per stretch, in order: `queue` (job made to job started), `reading`
-- (started to completed) and `total` (photo taken in to contact read), of what began at :since or later (null: ever).
-- Times are of successes only: a photo that fails at once would flatter them, so `failed` and `unfinished` are counted
-- beside. `unusable` lacks one of its two times, or ends before it begins (a clock was set back).
-- A job that was tried again has waited until its last start, and was read since then.
with spans as (
  select
    'queue' as stretch,
    case when status = 'pending' then 'unfinished' else 'done' end as outcome,
    cast(extract(epoch from started_at - created_at) as double precision) as seconds
  from ocr_jobs
  where created_at >= coalesce(cast(:since as timestamp), '-infinity')
  union all
  select
    'reading',
    case status when 'completed' then 'done' when 'failed' then 'failed' else 'unfinished' end,
    cast(extract(epoch from completed_at - started_at) as double precision)
  from ocr_jobs
  where created_at >= coalesce(cast(:since as timestamp), '-infinity')
  union all
  select
    'total',
    case status when 'failed' then 'failed' when 'processing' then 'unfinished' else 'done' end,
    cast(extract(epoch from processed_at - created_at) as double precision)
  from contacts
  where created_at >= coalesce(cast(:since as timestamp), '-infinity')
),
measured as (
  select stretch, outcome, case when outcome = 'done' and seconds >= 0 then seconds end as seconds
  from spans
),
stretches (stretch, place) as (
  values ('queue', 1), ('reading', 2), ('total', 3)
)
select
  stretches.stretch,
  percentile_cont(0.5) within group (order by measured.seconds) as median_seconds,
  percentile_cont(0.95) within group (order by measured.seconds) as p95_seconds,
  max(measured.seconds) as max_seconds,
  count(measured.seconds) as n,
  count(*) filter (where measured.outcome = 'failed') as failed,
  count(*) filter (where measured.outcome = 'unfinished') as unfinished,
  count(*) filter (where measured.outcome = 'done' and measured.seconds is null) as unusable
from stretches
left join measured on measured.stretch = stretches.stretch
group by stretches.stretch, stretches.place
order by stretches.place;
