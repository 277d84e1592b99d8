-- A queue with a job waiting, one in hand of a living worker, one done and one that a timer put there.
insert into procrastinate_workers (id, last_heartbeat) overriding system value values (301, '2026-05-02 10:04:02+00');
insert into procrastinate_jobs (
  id, queue_name, task_name, priority, lock, queueing_lock, args, status, scheduled_at, attempts, worker_id
) values
  (301, 'default', 'read_card', 0, 'ocr_job/104', null, '{"job_id": 104}', 'todo', null, 0, null),
  (302, 'default', 'read_card', 0, 'ocr_job/105', null, '{"job_id": 105}', 'doing', null, 1, 301),
  (303, 'default', 'read_card', 0, 'ocr_job/101', null, '{"job_id": 101}', 'succeeded', null, 1, null),
  (304, 'default', 'tidy_up', 100, null, 'tidy_up', '{}', 'succeeded', '2026-05-02 10:00+00', 1, null);
insert into procrastinate_periodic_defers (id, task_name, defer_timestamp, job_id, periodic_id) values
  (301, 'tidy_up', 1777716000, 304, 'tidy_up');
