-- name: get_photo
-- The photo that a job reads: its event, and the name it came by.
select contacts.event_id, coalesce(ocr_jobs.photo_name, contacts.full_name) as name
from ocr_jobs
join contacts on contacts.id = ocr_jobs.contact_id
where ocr_jobs.id = :job_id;

-- name: add_card
-- One more card of the contact's photo, captured with it.
insert into contacts (event_id, full_name, business_card_url, created_at)
select event_id, :photo_name, :business_card_url, created_at from contacts where id = :contact_id
returning id;

-- name: add_read_job
-- The job that read the photo read this card too: the same times, but no fingerprint, which is the whole photo's.
insert into ocr_jobs (contact_id, photo_name, status, attempts, created_at, started_at, completed_at)
select :contact_id, :photo_name, status, attempts, created_at, started_at, completed_at
from ocr_jobs
where id = :job_id
returning id;

-- name: replace_image
-- One person's contact does not show another's card.
update contacts set business_card_url = :business_card_url where id = :contact_id;
