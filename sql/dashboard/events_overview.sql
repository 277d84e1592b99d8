-- Which event was worth it. One row per event with cards in the period (an open period: every event), the latest first.
-- `first_export_seconds` is from the event's first card to the first export of one of its people, null where that
-- is missing or before it. `daily` are the cards of the last fourteen days that had any, in order.
-- :since, :until: captured from the one to before the other, UTC (null: open). :event_id: one event (null: all).
-- :zone: whose days, as 'Europe/Berlin'.
with captured as (
  select id, event_id, status, email, phone, created_at
  from contacts
  where event_id is not null
    and (cast(:since as timestamp) is null or created_at >= cast(:since as timestamp))
    and (cast(:until as timestamp) is null or created_at < cast(:until as timestamp))
    and (cast(:event_id as integer) is null or event_id = cast(:event_id as integer))
),
drafted as (
  select email_drafts.contact_id, min(email_drafts.exported_at) as exported_at
  from captured
  join email_drafts on email_drafts.contact_id = captured.id
  group by email_drafts.contact_id
),
totals as (
  select
    captured.event_id,
    count(*) as cards,
    count(captured.email) as emails,
    count(captured.phone) as phones,
    count(*) filter (where captured.status = 'user_verified') as verified,
    count(drafted.contact_id) as drafted,
    count(drafted.exported_at) as exported,
    cast(extract(epoch from min(drafted.exported_at) - min(captured.created_at)) as double precision) as export_seconds
  from captured
  left join drafted on drafted.contact_id = captured.id
  group by captured.event_id
),
days as (
  select
    event_id, day_in(cast(:zone as text), created_at) as day, cast(count(*) as integer) as cards,
    row_number() over (partition by event_id order by day_in(cast(:zone as text), created_at) desc) as place
  from captured
  group by event_id, day
),
trends as (
  select event_id, array_agg(cards order by day) as daily from days where place <= 14 group by event_id
)
select
  events.id as event_id,
  events.name,
  events.date,
  coalesce(totals.cards, 0) as cards,
  coalesce(totals.emails, 0) as emails,
  coalesce(totals.phones, 0) as phones,
  coalesce(totals.verified, 0) as verified,
  coalesce(totals.drafted, 0) as drafted,
  coalesce(totals.exported, 0) as exported,
  case when totals.export_seconds >= 0 then totals.export_seconds end as first_export_seconds,
  coalesce(trends.daily, '{}') as daily
from events
left join totals on totals.event_id = events.id
left join trends on trends.event_id = events.id
where (cast(:event_id as integer) is null or events.id = cast(:event_id as integer))
  and (totals.cards > 0 or cast(:since as timestamp) is null and cast(:until as timestamp) is null)
order by events.date desc, events.id desc;
