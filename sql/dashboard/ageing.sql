-- What nobody has looked at, by how long it has waited since it was read (or failed). One row per age and status,
-- always all eight: `under a day`, `a day` (to two), `two days` (to seven), `a week` (and more).
-- :now: the moment to reckon from, UTC (null: now).
-- :since, :until: captured from the one to before the other, UTC (null: open). :event_id: at one event (null: all).
with waiting as (
  select
    status,
    coalesce(cast(:now as timestamp), localtimestamp) - coalesce(processed_at, created_at) as age
  from contacts
  where status in ('pending_review', 'failed')
    and reviewed_at is null
    and (cast(:since as timestamp) is null or created_at >= cast(:since as timestamp))
    and (cast(:until as timestamp) is null or created_at < cast(:until as timestamp))
    and (cast(:event_id as integer) is null or event_id = cast(:event_id as integer))
),
counted as (
  select
    status,
    case
      when age >= interval '7 days' then 'a week'
      when age >= interval '2 days' then 'two days'
      when age >= interval '1 day' then 'a day'
      else 'under a day'
    end as bucket,
    count(*) as contacts
  from waiting
  group by 1, 2
)
select buckets.bucket, statuses.status, coalesce(counted.contacts, 0) as contacts
from (values ('under a day', 1), ('a day', 2), ('two days', 3), ('a week', 4)) as buckets (bucket, place)
cross join (values ('pending_review', 1), ('failed', 2)) as statuses (status, place)
left join counted on counted.bucket = buckets.bucket and counted.status = statuses.status
order by buckets.place, statuses.place;
