-- How long photos wait in the queue (job made to job started) and how long they are read (started to completed), in
-- seconds. One row per day (UTC) on which jobs that were completed were made, from :since on (null: ever). A job that
-- was tried again has waited until its last start. Failed and unfinished ones are left out, and those of a clock that
-- was set back, as in processing_times.sql, which counts them.
with spans as (
  select
    cast(created_at as date) as day,
    cast(extract(epoch from started_at - created_at) as double precision) as queue_seconds,
    cast(extract(epoch from completed_at - started_at) as double precision) as reading_seconds
  from ocr_jobs
  where status = 'completed'
    and started_at >= created_at
    and completed_at >= started_at
    and created_at >= coalesce(cast(:since as timestamp), '-infinity')
)
select
  day,
  percentile_cont(0.5) within group (order by queue_seconds) as queue_p50_seconds,
  percentile_cont(0.95) within group (order by queue_seconds) as queue_p95_seconds,
  percentile_cont(0.5) within group (order by reading_seconds) as reading_p50_seconds,
  percentile_cont(0.95) within group (order by reading_seconds) as reading_p95_seconds,
  count(*) as n
from spans
group by day
order by day;
