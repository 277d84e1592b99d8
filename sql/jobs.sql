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
  contacts.back_image_url, ocr_jobs.engine is not null and contacts.status <> 'processing' as is_comparison;

-- name: give_back_attempt
-- An attempt that the store, which is away, has cost. Only the latest one comes back, so that no other has its number.
update ocr_jobs set status = 'pending', attempts = attempts - 1
where id = :job_id and attempts = :attempts and status = 'processing';

-- name: get_engine
-- Whose engine is to read; null for the one of the settings.
select engine from ocr_jobs where id = :job_id;

-- name: count_retries
-- How often the queue has given out again what somebody has in hand now.
select attempts from procrastinate_jobs where lock = :lock and status = 'doing';

-- name: finish_job
-- The fence: nothing comes back for an attempt that another worker has taken over. A clock that was set back meanwhile
-- lets nothing end before it began.
update ocr_jobs
set status = :status, error_message = :error_message,
  completed_at = greatest(cast(clock_timestamp() as timestamp), started_at)
where id = :job_id and attempts = :attempts and status = 'processing'
returning contact_id;

-- name: count_progress
-- One row: how far the photos of an event are. What waits, runs or failed is found by its status; the rest is read, so
-- that only index entries are counted.
with unfinished as (
  select count(*) as photos from contacts where event_id = :event_id and status = 'processing'
),
reading as (
  select count(*) as photos
  from ocr_jobs
  join contacts on contacts.id = ocr_jobs.contact_id
  where ocr_jobs.status = 'processing' and contacts.event_id = :event_id and contacts.status = 'processing'
),
failed as (
  select count(*) as photos from contacts where event_id = :event_id and status = 'failed'
),
everything as (
  select count(*) as photos from contacts where event_id = :event_id
)
select
  unfinished.photos - reading.photos as waiting, reading.photos as reading, failed.photos as failed,
  everything.photos - unfinished.photos - failed.photos as read
from unfinished
cross join reading
cross join failed
cross join everything;

-- name: get_pace
-- One row: how many readings, of all events, ended within the last :window_s, in how many seconds,
-- and how many are to end until this event's last one has: the queue is shared, first in first out.
-- The cards of one photo ended at one moment: they were one reading. What is read a second time stands behind all that
-- never was.
with last_unfinished as (
  select max(ocr_jobs.id) as id
  from ocr_jobs
  join contacts on contacts.id = ocr_jobs.contact_id
  where ocr_jobs.status in ('pending', 'processing') and contacts.status = 'processing'
    and contacts.event_id = :event_id
),
ahead as (
  select count(*) as readings
  from ocr_jobs
  join last_unfinished on ocr_jobs.id <= last_unfinished.id
  join contacts on contacts.id = ocr_jobs.contact_id
  where ocr_jobs.status in ('pending', 'processing') and contacts.status = 'processing'
),
ended as (
  select
    count(distinct completed_at) as readings,
    greatest(min(started_at), localtimestamp - make_interval(secs => :window_s)) as since
  from ocr_jobs
  where completed_at > localtimestamp - make_interval(secs => :window_s)
)
select
  ahead.readings as ahead, ended.readings as ended,
  cast(extract(epoch from localtimestamp - ended.since) as double precision) as seconds
from ahead
cross join ended;

-- name: list_latest_photos
-- One row per photo with its last job: those being read, then those that ended, then those that wait, of each the last
-- first. They are chosen before anything else is looked up, each from an index, so that an event's size does not matter.
with being_read as (
  select contacts.id, 1 as place, ocr_jobs.started_at as moved_at
  from ocr_jobs
  join contacts on contacts.id = ocr_jobs.contact_id
  where ocr_jobs.status = 'processing' and contacts.event_id = :event_id and contacts.status = 'processing'
),
ended as (
  select id, 2 as place, processed_at as moved_at
  from contacts
  where event_id = :event_id and processed_at is not null
  order by processed_at desc
  limit :limit
),
waiting as (
  select id, 3 as place, created_at as moved_at
  from contacts
  where event_id = :event_id and status = 'processing' and id not in (select id from being_read)
  order by id desc
  limit :limit
),
latest as (
  select id, place, moved_at from being_read
  union all
  select id, place, moved_at from ended
  union all
  select id, place, moved_at from waiting
  order by place, moved_at desc, id desc
  limit :limit
)
select
  contacts.id as contact_id, coalesce(last_job.photo_name, contacts.full_name) as photo_name,
  contacts.back_photo_name,
  person_name(contacts.full_name) as full_name, contacts.company, contacts.status as contact_status,
  last_job.status as job_status, last_job.error_message, last_job.started_at, last_job.completed_at
from latest
join contacts on contacts.id = latest.id
cross join lateral (
  select ocr_jobs.photo_name, ocr_jobs.status, ocr_jobs.error_message, ocr_jobs.started_at, ocr_jobs.completed_at
  from ocr_jobs
  where ocr_jobs.contact_id = contacts.id
  order by ocr_jobs.id desc
  limit 1
) as last_job
order by latest.place, latest.moved_at desc, latest.id desc;

-- name: list_failed_photos
-- One row per photo of the event that could not be read, with its last job, in the order of capture: new failures come
-- behind those on the page.
with failed as (
  select id
  from contacts
  where event_id = :event_id and status = 'failed'
  order by id
  limit :limit offset :offset
)
select
  contacts.id as contact_id, coalesce(last_job.photo_name, contacts.full_name) as photo_name,
  contacts.back_photo_name,
  person_name(contacts.full_name) as full_name, contacts.company, contacts.status as contact_status,
  last_job.status as job_status, last_job.error_message, last_job.started_at, last_job.completed_at
from failed
join contacts on contacts.id = failed.id
left join lateral (
  select ocr_jobs.photo_name, ocr_jobs.status, ocr_jobs.error_message, ocr_jobs.started_at, ocr_jobs.completed_at
  from ocr_jobs
  where ocr_jobs.contact_id = contacts.id
  order by ocr_jobs.id desc
  limit 1
) as last_job on true
order by contacts.id;

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

-- name: add_rereadings
-- One row per new job, each for the engine that did not read the contact last; of a failed one, that failed. Left out
-- is what is being read or going to be. Only what failed waits as if new: others keep their state meanwhile.
with chosen as (
  select contacts.id, contacts.status, contacts.ocr_raw_data ->> 'engine' as engine
  from contacts
  where contacts.id = any(:contact_ids) and contacts.business_card_url is not null
    and contacts.status <> 'processing'
    and not exists (
      select from ocr_jobs where ocr_jobs.contact_id = contacts.id and ocr_jobs.status in ('pending', 'processing'))
  order by contacts.id
  for update
),
waiting as (
  update contacts
  set status = 'processing', processed_at = null
  from chosen
  where contacts.id = chosen.id and chosen.status = 'failed'
)
insert into ocr_jobs (contact_id, photo_name, engine)
select
  chosen.id, last_job.photo_name,
  case
    when coalesce(chosen.engine, last_job.engine, :own_engine) like 'easyocr%' then 'rapidocr' else 'easyocr'
  end
from chosen
left join lateral (
  select ocr_jobs.photo_name, ocr_jobs.engine
  from ocr_jobs
  where ocr_jobs.contact_id = chosen.id
  order by ocr_jobs.id desc
  limit 1
) as last_job on true
order by chosen.id
returning id;

-- name: get_known
select
  person_name(full_name) as full_name, email, company, title, phone, linkedin_url, status, ocr_raw_data
from contacts
where id = :contact_id;

-- name: save_comparison
-- Only what is empty is filled.
update contacts
set full_name = coalesce(person_name(full_name), :full_name, full_name), email = coalesce(email, :email),
  company = coalesce(company, :company), title = coalesce(title, :title), phone = coalesce(phone, :phone),
  linkedin_url = coalesce(linkedin_url, :linkedin_url), ocr_confidence = coalesce(:ocr_confidence, ocr_confidence),
  ocr_raw_data = cast(:ocr_raw_data as jsonb), status = :status
where id = :contact_id;
