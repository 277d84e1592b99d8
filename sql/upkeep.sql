-- name: list_heartbeats
-- One row per worker that the queue knows of.
select id, last_heartbeat from procrastinate_workers;

-- name: forget_workers
-- Their jobs are nobody's from then on.
delete from procrastinate_workers where id = any(:worker_ids);

-- name: requeue_jobs_of_nobody
-- Without a time to start at: a clock that was set back would keep them waiting.
with stalled as materialized (
  select id from procrastinate_jobs where status = 'doing' and worker_id is null for update skip locked
)
select stalled.id, procrastinate_retry_job_v2(stalled.id, null, null, null, null) from stalled;

-- name: hasten_jobs
-- No job is put off for longer than some seconds: what waits for minutes waits for a clock that was set back.
update procrastinate_jobs
set scheduled_at = null
where status = 'todo' and scheduled_at > now() + interval '1 minute';

-- name: lock_unqueued_jobs
-- One row per reading that the queue has lost: given up there while the database was away.
select ocr_jobs.id
from ocr_jobs
where ocr_jobs.status in ('pending', 'processing')
  and not exists (
    select from procrastinate_jobs
    where procrastinate_jobs.lock = 'ocr_job/' || ocr_jobs.id and procrastinate_jobs.status in ('todo', 'doing'))
order by ocr_jobs.id
for update skip locked;

-- name: lock_unqueued_campaigns
-- One row per campaign that is being written and that the queue has lost.
select id, generation
from email_campaigns
where status = 'generating'
  and not exists (
    select from procrastinate_jobs
    where procrastinate_jobs.lock = 'email_campaign/' || email_campaigns.id
      and procrastinate_jobs.status in ('todo', 'doing'))
order by id
for update skip locked;

-- name: do_cards_wait
select exists (
  select from procrastinate_jobs
  where status = 'todo' and task_name = 'read_card' and (scheduled_at is null or scheduled_at <= now()));
