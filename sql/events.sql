-- name: list_events
-- One row per event, latest first, with how many contacts it has.
select
  events.id, events.name, events.date, events.location, events.industry, events.description,
  (select count(*) from contacts where contacts.event_id = events.id) as contact_count
from events
order by events.date desc, events.id desc;

-- name: get_event
select
  events.id, events.name, events.date, events.location, events.industry, events.description,
  (select count(*) from contacts where contacts.event_id = events.id) as contact_count
from events
where events.id = :event_id;

-- name: add_event
insert into events (name, date, location, industry, description)
values (:name, :date, :location, :industry, :description)
returning id;

-- name: update_event
update events
set name = :name, date = :date, location = :location, industry = :industry, description = :description
where id = :event_id
returning id;

-- name: count_event_contents
-- What goes when the event goes.
select
  (select count(*) from contacts where event_id = :event_id) as contacts,
  (select count(*) from email_drafts join contacts on contacts.id = email_drafts.contact_id
   where contacts.event_id = :event_id) as drafts,
  (select count(distinct lead_group_contacts.lead_group_id) from lead_group_contacts
   join contacts on contacts.id = lead_group_contacts.contact_id where contacts.event_id = :event_id) as groups;

-- name: lock_event
-- No photo can join an event while it is deleted.
select id from events where id = :event_id for update;

-- name: delete_event
-- Contacts, their jobs, memberships and drafts go with it.
delete from events where id = :event_id returning name;
