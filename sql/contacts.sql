-- name: list_contacts
-- One row per contact: what waits first, and of that what the reader was least sure of; what it could not read at all
-- comes last. The page is found in an index alone, which has all that is asked here; only its rows are then read.
-- What is typed is folded before planning: only so is it known how many contacts have it. By its first letters alone it
-- is looked up: the rest of a long text, such as an address's domain, is of many and costs more to look up than to compare.
with page as (
  select contacts.id
  from contacts
  where contacts.status = any(:statuses)
    and review_order(contacts.status) >= first_review_order(:statuses)
    and (cast(:event_id as int) is null or contacts.event_id = :event_id)
    and (cast(:search as text) = '' or contacts.search_text like search_pattern(left(:search, 16)))
    and (length(cast(:search as text)) <= 16
      or strpos(contacts.search_text, searchable(trim(cast(:search as text)))) > 0)
    and (rare_letters(searchable(trim(:search))) is null
      or contacts.rare_letters @> rare_letters(searchable(trim(:search))))
    and (cast(:reason as text) is null or contacts.reasons @> array[cast(:reason as text)])
    and (cast(:outside_group_id as int) is null or not exists (
      select from lead_group_contacts
      where lead_group_contacts.contact_id = contacts.id
        and lead_group_contacts.lead_group_id = :outside_group_id))
  order by review_order(contacts.status), contacts.ocr_confidence nulls first, contacts.id
  limit :limit offset :offset
)
select
  contacts.id, contacts.event_id, events.name as event_name, person_name(contacts.full_name) as full_name,
  contacts.full_name as label, contacts.email, contacts.company, contacts.title, contacts.phone,
  contacts.linkedin_url, contacts.notes, contacts.business_card_url, contacts.back_image_url,
  cast(contacts.ocr_confidence as double precision) as ocr_confidence, contacts.status, contacts.processed_at,
  contacts.reviewed_at, contacts.created_at, contacts.updated_at
from page
join contacts on contacts.id = page.id
left join events on events.id = contacts.event_id
order by review_order(contacts.status), contacts.ocr_confidence nulls first, contacts.id;

-- name: count_contacts
-- One row: as many as are wanted, :limit at most.
select count(*)
from (
  select
  from contacts
  where contacts.status = any(:statuses)
    and review_order(contacts.status) >= first_review_order(:statuses)
    and (cast(:event_id as int) is null or contacts.event_id = :event_id)
    and (cast(:search as text) = '' or contacts.search_text like search_pattern(left(:search, 16)))
    and (length(cast(:search as text)) <= 16
      or strpos(contacts.search_text, searchable(trim(cast(:search as text)))) > 0)
    and (rare_letters(searchable(trim(:search))) is null
      or contacts.rare_letters @> rare_letters(searchable(trim(:search))))
    and (cast(:reason as text) is null or contacts.reasons @> array[cast(:reason as text)])
    and (cast(:outside_group_id as int) is null or not exists (
      select from lead_group_contacts
      where lead_group_contacts.contact_id = contacts.id
        and lead_group_contacts.lead_group_id = :outside_group_id))
  limit :limit
) as found;

-- name: count_by_status
select status, count(*) as contacts from contacts group by status;

-- name: get_contact
select
  contacts.id, contacts.event_id, events.name as event_name, person_name(contacts.full_name) as full_name,
  contacts.full_name as label, contacts.email, contacts.company, contacts.title, contacts.phone,
  contacts.linkedin_url, contacts.notes, contacts.business_card_url, contacts.back_image_url,
  cast(contacts.ocr_confidence as double precision) as ocr_confidence, contacts.status, contacts.processed_at,
  contacts.reviewed_at, contacts.created_at, contacts.updated_at
from contacts
left join events on events.id = contacts.event_id
where contacts.id = :contact_id;

-- name: list_contacts_by_id
-- One row per contact, in the order of the ids.
select
  contacts.id, contacts.event_id, events.name as event_name, person_name(contacts.full_name) as full_name,
  contacts.full_name as label, contacts.email, contacts.company, contacts.title, contacts.phone,
  contacts.linkedin_url, contacts.notes, contacts.business_card_url, contacts.back_image_url,
  cast(contacts.ocr_confidence as double precision) as ocr_confidence, contacts.status, contacts.processed_at,
  contacts.reviewed_at, contacts.created_at, contacts.updated_at
from contacts
left join events on events.id = contacts.event_id
where contacts.id = any(:contact_ids)
order by array_position(cast(:contact_ids as int[]), contacts.id);

-- name: list_doubts
-- One row per contact whose card was read: why to look, and how sure the reader was of what still stands as it read it.
select
  contacts.id, coalesce(contacts.ocr_raw_data -> 'reasons', '[]') as reasons,
  coalesce(jsonb_object_agg(fields.key, fields.value -> 'confidence') filter (
    where fields.value ->> 'value' = to_jsonb(contacts) ->> fields.key), '{}') as confidences
from contacts
left join lateral jsonb_each(contacts.ocr_raw_data -> 'fields') as fields on true
where contacts.id = any(:contact_ids) and contacts.ocr_raw_data is not null
group by contacts.id;

-- name: get_raw_data
-- The complete response of the reader; large, so never part of a list.
select ocr_raw_data from contacts where id = :contact_id;

-- name: lock_contact
-- Whoever changes a contact first holds it until its activity is written.
select id from contacts where id = :contact_id for update;

-- name: update_contact
-- All editable columns at once: the caller gives those it does not change as they are.
update contacts
set full_name = coalesce(:full_name, full_name), email = :email, company = :company, title = :title, phone = :phone,
  linkedin_url = :linkedin_url, notes = :notes
where id = :contact_id;

-- name: verify_contacts
-- Those still nameless, or still being read, stay as they are.
update contacts
set status = 'user_verified', reviewed_at = now()
where id = any(:contact_ids)
  and status in ('pending_review', 'completed', 'failed')
  and person_name(full_name) is not null
returning id;

-- name: delete_contacts
-- Jobs, memberships and drafts go with them.
delete from contacts where id = any(:contact_ids);

-- name: add_contact
-- A photo just taken: until it is read the photo's name stands in for the person's.
insert into contacts (
  event_id, full_name, business_card_url, back_image_url, back_photo_name, back_photo_fingerprint
)
values (
  :event_id, :photo_name, :business_card_url, :back_image_url, :back_photo_name, :back_photo_fingerprint
)
returning id;

-- name: save_reading
-- Only a contact that still waits for its reading takes it, and only where it is empty: what a person wrote stays.
update contacts
set full_name = coalesce(person_name(full_name), :full_name, full_name), email = coalesce(email, :email),
  company = coalesce(company, :company), title = coalesce(title, :title), phone = coalesce(phone, :phone),
  linkedin_url = coalesce(linkedin_url, :linkedin_url), ocr_confidence = :ocr_confidence, ocr_raw_data = cast(:ocr_raw_data as jsonb),
  status = :status, processed_at = greatest(cast(clock_timestamp() as timestamp), created_at)
where id = :contact_id and status = 'processing'
returning id;

-- name: fail_reading
update contacts set status = 'failed', processed_at = greatest(cast(clock_timestamp() as timestamp), created_at)
where id = :contact_id and status = 'processing'
returning id;
