-- One row per day (UTC) of the fourteen that end with :today: captured, verified, waiting for review at the day's
-- end, and the reader's mean confidence (0-1, null on a day without readings).
-- Waiting is reckoned back from now, by who came and who went since. Whoever is verified counts as having waited from
-- reading to review; the few whom the reader accepted and a person verified all the same cannot be told apart.
with days as (
  select cast(day as date) as day
  from generate_series(
    cast(cast(:today as date) - 13 as timestamp), cast(cast(:today as date) as timestamp), interval '1 day'
  ) as day
),
captured as (
  select cast(created_at as date) as day, count(*) as contacts
  from contacts
  where created_at >= cast(:today as date) - 13
  group by cast(created_at as date)
),
processed as (
  select
    cast(processed_at as date) as day,
    count(*) filter (where status in ('pending_review', 'user_verified')) as contacts,
    cast(avg(ocr_confidence) as double precision) as confidence
  from contacts
  where processed_at >= cast(:today as date) - 13
  group by cast(processed_at as date)
),
verified as (
  select cast(reviewed_at as date) as day, count(*) as contacts
  from contacts
  where status = 'user_verified' and reviewed_at >= cast(:today as date) - 13
  group by cast(reviewed_at as date)
),
waiting as (
  select count(*) as contacts from contacts where status = 'pending_review'
)
select
  days.day,
  coalesce(captured.contacts, 0) as captured,
  coalesce(verified.contacts, 0) as verified,
  cast(waiting.contacts - coalesce(sum(coalesce(processed.contacts, 0) - coalesce(verified.contacts, 0)) over (
    order by days.day desc rows between unbounded preceding and 1 preceding
  ), 0) as integer) as waiting,
  processed.confidence
from days
cross join waiting
left join captured on captured.day = days.day
left join processed on processed.day = days.day
left join verified on verified.day = days.day
order by days.day;
