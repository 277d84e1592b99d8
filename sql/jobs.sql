-- name: add_job
insert into ocr_jobs (contact_id, photo_name, photo_fingerprint)
values (:contact_id, :photo_name, :photo_fingerprint)
returning id;

-- name: find_same_photo
-- The contact that the same photo became at this event, if any, or that it is the other side of.
select coalesce(person_name(contacts.full_name), same.photo_name)
from (
  select contact_id, photo_name from ocr_jobs where photo_fingerprint = :photo_fingerprint
  union all
  select id, back_photo_name from contacts where back_photo_fingerprint = :photo_fingerprint
) as same
join contacts on contacts.id = same.contact_id
where contacts.event_id = :event_id
order by contacts.id
limit 1;

-- name: lock_photo
-- Two uploads of one photo at the same moment take turns; held until the transaction ends.
select pg_advisory_xact_lock(hashtextextended(:photo_fingerprint, :event_id));

-- name: start_job
-- Each start is a new attempt; only the latest attempt may write its result. A job at its end is not begun again.
update ocr_jobs
set status = 'processing', attempts = attempts + 1, started_at = clock_timestamp()
from contacts
where ocr_jobs.id = :job_id
  and contacts.id = ocr_jobs.contact_id
  and ocr_jobs.status in ('pending', 'processing')
returning ocr_jobs.id, ocr_jobs.attempts, contacts.id as contact_id, contacts.business_card_url,
  contacts.back_image_url;

-- name: finish_job
-- The fence: nothing comes back for an attempt that another worker has taken over.
update ocr_jobs
set status = :status, error_message = :error_message, completed_at = clock_timestamp()
where id = :job_id and attempts = :attempts and status = 'processing'
returning contact_id;

-- name: count_progress
-- One row: how far the photos of an event, or of all events, are.
select
  count(*) filter (where contacts.status = 'processing') as waiting,
  count(*) filter (where contacts.status = 'failed') as failed,
  count(*) filter (where contacts.status not in ('processing', 'failed')) as read
from contacts
where cast(:event_id as int) is null or contacts.event_id = :event_id;

-- name: list_latest_photos
-- One row per contact with its last job, the one that moved last first.
select
  contacts.id as contact_id, coalesce(last_job.photo_name, contacts.full_name) as photo_name,
  contacts.back_photo_name,
  person_name(contacts.full_name) as full_name, contacts.company, contacts.status as contact_status,
  last_job.status as job_status, last_job.error_message, last_job.started_at, last_job.completed_at
from contacts
cross join lateral (
  select ocr_jobs.photo_name, ocr_jobs.status, ocr_jobs.error_message, ocr_jobs.started_at, ocr_jobs.completed_at
  from ocr_jobs
  where ocr_jobs.contact_id = contacts.id
  order by ocr_jobs.id desc
  limit 1
) as last_job
where contacts.event_id = :event_id and contacts.status = any(:statuses)
order by greatest(last_job.completed_at, last_job.started_at, contacts.created_at) desc, contacts.id desc
limit :limit;

-- name: list_failed_contacts
-- The ids of the event's photos that could not be read.
select id from contacts where event_id = :event_id and status = 'failed' order by id;

-- name: retry_jobs
-- Back to waiting for the reader, each with a new job under its photo's name: only those that it failed on. One row per
-- new job. The contacts are held in one order, so that two who ask at once cannot lock each other out.
with failed as (
  select id from contacts where id = any(:contact_ids) and status = 'failed' order by id for update
),
waiting as (
  update contacts
  set status = 'processing', processed_at = null
  from failed
  where contacts.id = failed.id
  returning contacts.id, contacts.full_name
)
insert into ocr_jobs (contact_id, photo_name)
select waiting.id, coalesce(last_job.photo_name, waiting.full_name)
from waiting
left join lateral (
  select ocr_jobs.photo_name
  from ocr_jobs
  where ocr_jobs.contact_id = waiting.id
  order by ocr_jobs.id desc
  limit 1
) as last_job on true
order by waiting.id
returning id;
