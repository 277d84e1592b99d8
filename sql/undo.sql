-- name: lock_contacts
-- Always in the order of their ids: two that lock the same ones take turns.
select id from contacts where id = any(:contact_ids) order by id for update;

-- name: add_memory
insert into undo_memories (action, contact_ids, expires_at)
values (:action, :contact_ids, localtimestamp + make_interval(secs => :kept_s))
returning id;

-- name: remember_rows
-- As they are before the action; at its commit a trigger keeps of them what it changed.
insert into undo_rows (undo_id, table_name, key, contact_id, before)
select :undo_id, rows_now.table_name, rows_now.key, rows_now.contact_id, rows_now.content
from rows_of_contacts(:contact_ids) as rows_now;

-- name: settle_memories
-- Where remembering and undoing are of one transaction.
select settle_undo_memories();

-- name: lock_contacts_of_memory
select id
from contacts
where id in (select contact_id from undo_rows where undo_id = :undo_id)
order by id
for update;

-- name: lock_memory
-- Who comes second waits here, and finds nothing.
select action from undo_memories where id = :undo_id and expires_at > localtimestamp for update;

-- name: list_changed_since
-- The contacts that are not any more as the action left them: changed, gone, or there again.
select undo_rows.contact_id
from undo_rows
left join contacts on contacts.id = undo_rows.contact_id
where undo_rows.undo_id = :undo_id and undo_rows.table_name = 'contacts'
  and contacts.updated_at is distinct from cast(undo_rows.after ->> 'updated_at' as timestamp);

-- name: list_changed
select distinct contact_id from undo_rows where undo_id = :undo_id order by contact_id;

-- name: drop_lost_events
-- A contact whose event was deleted meanwhile stays where it is now; one that is gone comes back without event.
update undo_rows
set before = before - 'event_id'
where undo_id = :undo_id and table_name = 'contacts' and before ->> 'event_id' is not null
  and not exists (select from events where events.id = cast(before ->> 'event_id' as int));

-- name: drop_lost_members
-- Memberships of groups that were deleted meanwhile.
delete from undo_rows
where undo_id = :undo_id and table_name = 'lead_group_contacts' and after is null
  and not exists (select from lead_groups where lead_groups.id = cast(before ->> 'lead_group_id' as int));

-- name: drop_lost_drafts
-- Drafts of campaigns that were deleted meanwhile.
delete from undo_rows
where undo_id = :undo_id and table_name = 'email_drafts' and after is null
  and not exists (select from email_campaigns where email_campaigns.id = cast(before ->> 'campaign_id' as int));

-- name: complete_rows
-- What was taken away before a column came is put back with what that column began with (0010, 0012).
update undo_rows
set before = before || case table_name
  when 'contacts' then jsonb_build_object('more_image_urls', coalesce(before -> 'more_image_urls', '[]'))
  else jsonb_build_object(
    'generation', coalesce(before -> 'generation', '0'),
    'written_at', coalesce(before -> 'written_at', before -> 'created_at'),
    'approved_reasons', coalesce(before -> 'approved_reasons', '[]'))
end
where undo_id = :undo_id and table_name in ('contacts', 'email_drafts') and after is null;

-- name: put_back_rows
select put_back_rows(:undo_id, :table_name);

-- name: put_back_values
select put_back_values(:undo_id, :table_name);

-- name: remove_added_members
delete from lead_group_contacts
using undo_rows
where undo_rows.undo_id = :undo_id and undo_rows.table_name = 'lead_group_contacts' and undo_rows.before is null
  and lead_group_contacts.contact_id = undo_rows.contact_id
  and lead_group_contacts.lead_group_id = cast(split_part(undo_rows.key, '/', 1) as int);

-- name: remove_added_jobs
delete from ocr_jobs
using undo_rows
where undo_rows.undo_id = :undo_id and undo_rows.table_name = 'ocr_jobs' and undo_rows.before is null
  and ocr_jobs.id = cast(undo_rows.key as int);

-- name: remove_added_drafts
delete from email_drafts
using undo_rows
where undo_rows.undo_id = :undo_id and undo_rows.table_name = 'email_drafts' and undo_rows.before is null
  and email_drafts.id = cast(undo_rows.key as int);

-- name: list_undone
-- The contacts that are there again as they were.
select distinct contact_id
from undo_rows
where undo_id = :undo_id and exists (select from contacts where contacts.id = undo_rows.contact_id)
order by contact_id;

-- name: forget_memory
delete from undo_memories where id = :undo_id;

-- name: forget_expired
delete from undo_memories where expires_at <= localtimestamp returning id;
