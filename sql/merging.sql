-- name: lock_contacts
-- Always in the order of their ids: two that merge the same pair take turns.
select id from contacts where id = any(:contact_ids) order by id for update;

-- name: get_photos
-- The images of one contact, with the name and the fingerprint of the photo that it was captured with.
select
  contacts.business_card_url, contacts.back_image_url, contacts.more_image_urls, last_job.photo_name,
  first_job.photo_fingerprint
from contacts
left join lateral (
  select ocr_jobs.photo_name from ocr_jobs where ocr_jobs.contact_id = contacts.id order by ocr_jobs.id desc limit 1
) as last_job on true
left join lateral (
  select ocr_jobs.photo_fingerprint
  from ocr_jobs
  where ocr_jobs.contact_id = contacts.id and ocr_jobs.photo_fingerprint is not null
  order by ocr_jobs.id
  limit 1
) as first_job on true
where contacts.id = :contact_id;

-- name: move_members
insert into lead_group_contacts (lead_group_id, contact_id, added_at)
select lead_group_id, :keep_id, added_at from lead_group_contacts where contact_id = :other_id
on conflict do nothing;

-- name: move_drafts
-- Where a campaign has a draft for each, one person would get two messages: the kept contact's stays.
update email_drafts
set contact_id = :keep_id
where contact_id = :other_id
  and not exists (
    select from email_drafts as kept
    where kept.campaign_id = email_drafts.campaign_id and kept.contact_id = :keep_id);

-- name: list_drafts_left
-- One row per draft that goes with the other contact; its text stays in the undo's memory.
select campaign_id from email_drafts where contact_id = :other_id order by campaign_id;

-- name: move_jobs
-- So that the same photo taken once more is known again.
update ocr_jobs set contact_id = :keep_id where contact_id = :other_id;

-- name: save_merged
-- Where nobody has a name the photo's stays.
update contacts
set full_name = coalesce(:full_name, :label), email = :email, company = :company, title = :title, phone = :phone,
  linkedin_url = :linkedin_url, notes = :notes, status = :status, reviewed_at = :reviewed_at,
  processed_at = :processed_at, event_id = :event_id, business_card_url = :business_card_url,
  back_image_url = :back_image_url, more_image_urls = cast(:more_image_urls as text[]),
  back_photo_name = coalesce(:back_photo_name, back_photo_name),
  back_photo_fingerprint = coalesce(:back_photo_fingerprint, back_photo_fingerprint),
  ocr_raw_data = coalesce(cast(:ocr_raw_data as jsonb), ocr_raw_data)
where id = :contact_id;
