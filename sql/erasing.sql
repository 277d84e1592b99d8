-- name: list_selves
-- The contacts, and those that were made one with them and are contacts no more: the same people.
with recursive selves as (
  select unnest(cast(:contact_ids as int[])) as id
  union
  select absorbed.id
  from selves
  join activity_logs on activity_logs.entity_type = 'contact' and activity_logs.entity_id = selves.id
  cross join lateral (
    select cast(coalesce(activity_logs.metadata ->> 'merged', activity_logs.metadata ->> 'joined') as int) as id
  ) as absorbed
  where absorbed.id is not null and not exists (select from contacts where contacts.id = absorbed.id)
)
select id from selves order by id;

-- name: list_images
-- Every image that the contacts show, or would show again if something were undone.
with known as (
  select to_jsonb(contacts) as content from contacts where id = any(:contact_ids)
  union all
  select before from undo_rows where contact_id = any(:contact_ids) and table_name = 'contacts'
)
select distinct images.url #>> '{}'
from known
cross join lateral (
  select jsonb_path_query(known.content, 'strict $.business_card_url', silent => true)
  union all
  select jsonb_path_query(known.content, 'strict $.back_image_url', silent => true)
  union all
  select jsonb_path_query(known.content, 'strict $.more_image_urls[0 to last]', silent => true)
) as images (url)
where images.url <> 'null';

-- name: forget_remembered
-- What else the same actions changed can still be undone.
delete from undo_rows where contact_id = any(:contact_ids);

-- name: forget_empty_memories
delete from undo_memories
where contact_ids && cast(:contact_ids as int[])
  and not exists (select from undo_rows where undo_rows.undo_id = undo_memories.id);

-- name: delete_contacts
delete from contacts where id = any(:contact_ids);

-- name: hasten_sweep
-- Nothing keeps their images any more, but for others who show them too.
update loose_images set sweep_from = localtimestamp where url = any(:urls);

-- name: erase_activity
-- Counts and times stay; whom it was about does not.
update activity_logs
set metadata = '{"erased": true}'
where entity_type = 'contact' and entity_id = any(:contact_ids);

-- name: erase_exports
-- A file that names one of them goes with the next sweep; that it was made, and when, stays.
update email_exports
set url = null, contact_ids = '{}', erased_at = localtimestamp
where contact_ids && cast(:contact_ids as int[]);

-- name: erase_from_manifests
-- Nor do those name them that held them back.
update email_exports
set manifest = manifest || jsonb_build_object(
  'held_back_contacts', jsonb_path_query_array(
    manifest, '$.held_back_contacts[*] ? (!(@.contact_id == $erased[*]))',
    jsonb_build_object('erased', to_jsonb(cast(:contact_ids as int[])))),
  'approved_cells', jsonb_path_query_array(
    manifest, '$.approved_cells[*] ? (!(@.contact_id == $erased[*]))',
    jsonb_build_object('erased', to_jsonb(cast(:contact_ids as int[])))))
where jsonb_path_exists(
  manifest, '$.*[*] ? (@.contact_id == $erased[*])',
  jsonb_build_object('erased', to_jsonb(cast(:contact_ids as int[]))));

-- name: erase_from_export_log
update activity_logs
set metadata = jsonb_set(metadata, '{held_back_contacts}', jsonb_path_query_array(
  metadata, '$.held_back_contacts[*] ? (!(@ == $erased[*]))',
  jsonb_build_object('erased', to_jsonb(cast(:contact_ids as int[])))))
where action = 'email_campaign_exported' and jsonb_path_exists(
  metadata, '$.held_back_contacts[*] ? (@ == $erased[*])',
  jsonb_build_object('erased', to_jsonb(cast(:contact_ids as int[]))));
