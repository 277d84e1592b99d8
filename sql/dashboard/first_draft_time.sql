-- How long from a photo to that person's own first draft, in seconds: one row, each contact counted once.
-- `without_draft` are those read who have none yet; they would only make it longer. `unusable` have a draft older than
-- themselves.
-- :since, :until: captured from the one to before the other, UTC (null: open). :event_id: at one event (null: all).
with first_drafts as (
  select
    contacts.status,
    cast(extract(epoch from min(email_drafts.created_at) - contacts.created_at) as double precision) as seconds
  from contacts
  left join email_drafts on email_drafts.contact_id = contacts.id
  where (cast(:since as timestamp) is null or contacts.created_at >= cast(:since as timestamp))
    and (cast(:until as timestamp) is null or contacts.created_at < cast(:until as timestamp))
    and (cast(:event_id as integer) is null or contacts.event_id = cast(:event_id as integer))
  group by contacts.id
)
select
  percentile_cont(0.5) within group (order by seconds) filter (where seconds >= 0) as median_seconds,
  percentile_cont(0.95) within group (order by seconds) filter (where seconds >= 0) as p95_seconds,
  max(seconds) filter (where seconds >= 0) as max_seconds,
  count(*) filter (where seconds >= 0) as n,
  count(*) filter (where seconds is null and status not in ('failed', 'processing')) as without_draft,
  count(*) filter (where seconds < 0) as unusable
from first_drafts;
