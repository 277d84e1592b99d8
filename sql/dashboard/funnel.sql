-- How far contacts came. One row per step, always all six, in order: `captured`, `read` (the reader got something),
-- `known` (accepted, or verified by a person), `grouped`, `drafted`, `exported`. Whoever reached a step counts in all
-- before it, whatever was taken away since: a person who was written to was in a group then.
-- :since, :until: captured from the one to before the other, UTC (null: open). :event_id: at one event (null: all).
with steps (step, place) as (
  values ('captured', 1), ('read', 2), ('known', 3), ('grouped', 4), ('drafted', 5), ('exported', 6)
),
captured as (
  select id, case when status in ('completed', 'user_verified') then 3 when status = 'pending_review' then 2 else 1 end
    as place
  from contacts
  where (cast(:since as timestamp) is null or created_at >= cast(:since as timestamp))
    and (cast(:until as timestamp) is null or created_at < cast(:until as timestamp))
    and (cast(:event_id as integer) is null or event_id = cast(:event_id as integer))
),
drafted as (
  select email_drafts.contact_id, max(case when email_drafts.exported_at is null then 5 else 6 end) as place
  from captured
  join email_drafts on email_drafts.contact_id = captured.id
  group by email_drafts.contact_id
),
furthest as (
  select
    coalesce(
      drafted.place,
      case when exists (select from lead_group_contacts where lead_group_contacts.contact_id = captured.id) then 4 end,
      captured.place) as place,
    count(*) as contacts
  from captured
  left join drafted on drafted.contact_id = captured.id
  group by 1
)
select steps.step, cast(coalesce(sum(furthest.contacts), 0) as bigint) as contacts
from steps
left join furthest on furthest.place >= steps.place
group by steps.step, steps.place
order by steps.place;
