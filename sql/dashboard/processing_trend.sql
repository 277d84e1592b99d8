-- How long from photo to contact, in seconds. One row per day (UTC) on which photos that were read came in, from
-- :since on (null: ever). Failed and unfinished ones are left out, as in processing_times.sql, which counts them.
with read_contacts as (
  select
    cast(created_at as date) as day,
    cast(extract(epoch from processed_at - created_at) as double precision) as seconds
  from contacts
  where processed_at >= created_at
    and status not in ('failed', 'processing')
    and created_at >= coalesce(cast(:since as timestamp), '-infinity')
)
select
  day,
  percentile_cont(0.5) within group (order by seconds) as p50_seconds,
  percentile_cont(0.95) within group (order by seconds) as p95_seconds,
  count(*) as n
from read_contacts
group by day
order by day;
