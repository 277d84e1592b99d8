-- name: lock_contacts
-- Always in the order of their ids: two that lock the same pair take turns.
select id from contacts where id = any(:contact_ids) order by id for update;

-- name: list_sides
-- One row per contact, with what is needed to make it one side of a card. Nobody touched it: no correction, no
-- verification, no notes, no group, no draft.
select
  contacts.id, contacts.event_id, person_name(contacts.full_name) as full_name, contacts.email, contacts.company,
  contacts.title, contacts.phone, contacts.linkedin_url, contacts.notes, contacts.status, contacts.business_card_url,
  contacts.back_image_url, contacts.back_photo_name, contacts.back_photo_fingerprint, contacts.ocr_raw_data,
  coalesce(last_job.photo_name, contacts.full_name) as photo_name, first_job.photo_fingerprint,
  contacts.reviewed_at is null and contacts.notes is null
    and not exists (select from lead_group_contacts where lead_group_contacts.contact_id = contacts.id)
    and not exists (select from email_drafts where email_drafts.contact_id = contacts.id)
    and not exists (
      select from activity_logs
      where activity_logs.entity_type = 'contact' and activity_logs.entity_id = contacts.id
        and activity_logs.action in ('contact_reviewed', 'contact_verified')
        and activity_logs.created_at >= contacts.created_at) as is_untouched
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
where contacts.id = any(:contact_ids)
order by contacts.id;

-- name: list_captured_about_then
-- One row per contact of the same event captured within ten minutes of this one, in the order of capture.
select
  contacts.id, person_name(contacts.full_name) as full_name, contacts.email, contacts.status,
  contacts.back_image_url is not null as has_back
from contacts as this
join contacts on contacts.event_id = this.event_id
  and contacts.created_at between this.created_at - interval '10 minutes' and this.created_at + interval '10 minutes'
where this.id = :contact_id
order by contacts.id;

-- name: save_card
-- All of a card at once: when two sides become one, and when they become two again.
update contacts
set full_name = :full_name, email = :email, company = :company, title = :title, phone = :phone,
  linkedin_url = :linkedin_url, notes = :notes, ocr_confidence = :ocr_confidence,
  ocr_raw_data = cast(:ocr_raw_data as jsonb), status = :status, back_image_url = :back_image_url,
  back_photo_name = :back_photo_name, back_photo_fingerprint = :back_photo_fingerprint
where id = :contact_id;

-- name: add_back
-- As if the card had just been captured with both photos. Only where its own were all that there is to lose.
update contacts
set full_name = :photo_name, email = null, company = null, title = null, phone = null, linkedin_url = null,
  ocr_confidence = null, ocr_raw_data = null, status = 'processing', processed_at = null,
  back_image_url = :back_image_url, back_photo_name = :back_photo_name,
  back_photo_fingerprint = :back_photo_fingerprint
where id = :contact_id;

-- name: forget_jobs
-- A job that is gone writes no result, even while its worker still reads.
delete from ocr_jobs where contact_id = :contact_id;
