-- What the capture page asks each second, and how long photos wait and are read by day, without looking through an
-- event's contacts or all jobs.
create index idx_contacts_event_status on contacts (event_id, status, id);
create index idx_contacts_event_processed_at on contacts (event_id, processed_at desc) where processed_at is not null;
create index idx_ocr_jobs_completed_at on ocr_jobs (completed_at) where completed_at is not null;
create index idx_ocr_jobs_day_times on ocr_jobs (created_at) include (status, started_at, completed_at);
