-- How far contacts came. One row per step, always all six, in order: `captured`, `read` (the reader got something),
-- `known` (accepted, or verified by a person), `grouped`, `drafted`, `exported`. Whoever reached a step counts in all
-- before it, whatever was taken away since: a person who was written to was in a group then.
-- :since, :until: captured from the one to before the other, UTC (null: open). :event_id: at one event (null: all).
with steps (step, place) as (
  values ('captured', 1), ('read', 2), ('known', 3), ('grouped', 4), ('drafted', 5), ('exported', 6)
),
captured as (
  select
    max(case
      when email_drafts.exported_at is not null then 6
      when email_drafts.contact_id is not null then 5
      when lead_group_contacts.contact_id is not null then 4
      when contacts.status in ('completed', 'user_verified') then 3
      when contacts.status = 'pending_review' then 2
      else 1
    end) as place
  from contacts
  left join lead_group_contacts on lead_group_contacts.contact_id = contacts.id
  left join email_drafts on email_drafts.contact_id = contacts.id
  where (cast(:since as timestamp) is null or contacts.created_at >= cast(:since as timestamp))
    and (cast(:until as timestamp) is null or contacts.created_at < cast(:until as timestamp))
    and (cast(:event_id as integer) is null or contacts.event_id = cast(:event_id as integer))
  group by contacts.id
),
furthest as (
  select place, count(*) as contacts from captured group by place
)
select steps.step, cast(coalesce(sum(furthest.contacts), 0) as bigint) as contacts
from steps
left join furthest on furthest.place >= steps.place
group by steps.step, steps.place
order by steps.place;
