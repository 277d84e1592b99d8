-- How often a step takes how long. One row per bucket, five to a tenfold, from the first to the last that holds
-- something; what takes less than 0.01 s is in the bucket that begins there.
-- :stretch: one of processing_times.sql, which counts what is left out here.
-- :since, :until: captured from the one to before the other, UTC (null: open). :event_id: at one event (null: all).
with counted as (
  select cast(floor(log(greatest(seconds, 0.01)) / 0.2) as integer) as bucket, count(*) as n
  from processing_spans
  where stretch = cast(:stretch as text)
    and seconds is not null
    and (cast(:since as timestamp) is null or captured_at >= cast(:since as timestamp))
    and (cast(:until as timestamp) is null or captured_at < cast(:until as timestamp))
    and (cast(:event_id as integer) is null or event_id = cast(:event_id as integer))
  group by bucket
),
buckets as (
  select generate_series(min(bucket), max(bucket)) as bucket from counted
)
select
  power(cast(10 as double precision), buckets.bucket / 5.0) as bucket_from_seconds,
  power(cast(10 as double precision), (buckets.bucket + 1) / 5.0) as bucket_to_seconds,
  coalesce(counted.n, 0) as n
from buckets
left join counted on counted.bucket = buckets.bucket
order by buckets.bucket;
