-- A photo known by its pixels.
insert into contacts (id, event_id, full_name, email, status, processed_at, created_at, updated_at) values
  (401, 101, 'Cleo Sample', 'cleo@example.org', 'completed', '2026-04-20 11:10:04', '2026-04-20 11:10', '2026-04-20 11:10:04');
insert into ocr_jobs (
  id, contact_id, status, attempts, photo_name, photo_fingerprint, started_at, completed_at, created_at
) values
  (401, 401, 'completed', 1, 'cleo.png', '5c3f00aa', '2026-04-20 11:10:01', '2026-04-20 11:10:04', '2026-04-20 11:10');
