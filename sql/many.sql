-- name: hold_event
-- It cannot be deleted before contacts are its own.
select name from events where id = :event_id for key share;

-- name: hold_group
select name from lead_groups where id = :group_id for key share;

-- name: delete_contacts
-- Jobs, memberships and drafts go with them.
delete from contacts where id = any(:contact_ids) returning id;

-- name: set_event
-- One row per contact that was another event's.
update contacts
set event_id = :event_id
where id = any(:contact_ids) and event_id is distinct from :event_id
returning id;
