-- name: list_groups
-- One row per group, newest first. All members are counted in one pass: group by group, a large one makes the planner
-- read every contact anew.
select
  lead_groups.id, lead_groups.name, lead_groups.description, lead_groups.created_at,
  coalesce(members.contact_count, 0) as contact_count,
  coalesce(members.email_count, 0) as email_count
from lead_groups
left join (
  select lead_group_id, count(*) as contact_count, count(contacts.email) as email_count
  from lead_group_contacts
  join contacts on contacts.id = lead_group_contacts.contact_id
  group by lead_group_id
) as members on members.lead_group_id = lead_groups.id
order by lead_groups.id desc;

-- name: add_group
insert into lead_groups (name, description) values (:name, :description) returning id;

-- name: update_group
update lead_groups set name = :name, description = :description where id = :group_id returning id;

-- name: delete_group
delete from lead_groups where id = :group_id returning id;

-- name: add_members
-- Returns only those that were not in the group yet. A contact that is not read yet cannot be anybody's lead.
insert into lead_group_contacts (lead_group_id, contact_id)
select :group_id, contacts.id
from contacts
where contacts.id = any(:contact_ids)
  and contacts.status in ('completed', 'pending_review', 'user_verified')
on conflict do nothing
returning contact_id;

-- name: list_matching_ids
-- Every contact that the search finds and the group has not.
select contacts.id
from contacts
where contacts.status = any(:statuses)
  and (cast(:event_id as int) is null or contacts.event_id = :event_id)
  and (cast(:search as text) = '' or contacts.search_text like search_pattern(left(:search, 16)))
  and (length(cast(:search as text)) <= 16
    or strpos(contacts.search_text, searchable(trim(cast(:search as text)))) > 0)
  and (rare_letters(searchable(trim(:search))) is null
    or contacts.rare_letters @> rare_letters(searchable(trim(:search))))
  and (cast(:reason as text) is null or contacts.reasons @> array[cast(:reason as text)])
  and not exists (
    select from lead_group_contacts
    where lead_group_contacts.contact_id = contacts.id and lead_group_contacts.lead_group_id = :outside_group_id);

-- name: remove_members
delete from lead_group_contacts
where lead_group_id = :group_id and contact_id = any(:contact_ids)
returning contact_id;

-- name: list_members
-- One row per contact of the group, by name.
select
  contacts.id, contacts.event_id, events.name as event_name, person_name(contacts.full_name) as full_name,
  contacts.full_name as label, contacts.email, contacts.company, contacts.title, contacts.phone,
  contacts.linkedin_url, contacts.notes, contacts.business_card_url, contacts.back_image_url,
  cast(contacts.ocr_confidence as double precision) as ocr_confidence, contacts.status, contacts.processed_at,
  contacts.reviewed_at, contacts.created_at, contacts.updated_at
from lead_group_contacts
join contacts on contacts.id = lead_group_contacts.contact_id
left join events on events.id = contacts.event_id
where lead_group_contacts.lead_group_id = :group_id
order by lower(contacts.full_name), contacts.id
limit :limit offset :offset;
