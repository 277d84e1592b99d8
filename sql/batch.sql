-- name: find_captured
-- The contact that a photo became at this event, or that it is the other side of.
select contacts.id
from (
  select contact_id from ocr_jobs where photo_fingerprint = :photo_fingerprint
  union all
  select id from contacts where back_photo_fingerprint = :photo_fingerprint
) as same
join contacts on contacts.id = same.contact_id
where contacts.event_id = :event_id
order by contacts.id
limit 1;

-- name: list_unread
-- Those of these contacts that are still to be read. One that was joined with the other side of its card is gone.
select id from contacts where id = any(:contact_ids) and status = 'processing';

-- name: list_unreadable
-- One row per contact of these that could not be read, with the reason its last job gave.
select contacts.id as contact_id, last_job.error_message as reason
from contacts
cross join lateral (
  select ocr_jobs.error_message from ocr_jobs where ocr_jobs.contact_id = contacts.id order by ocr_jobs.id desc limit 1
) as last_job
where contacts.id = any(:contact_ids) and contacts.status = 'failed';
