-- A backup that was made and gave way to newer ones, and one that failed.
insert into backups (
  id, is_scheduled, host, folder, started_at, seen_at, finished_at, file_name, bytes, sha256, contacts, images, missing,
  error, deleted_at
) values
  (1701, true, 'desk', '/srv/meishi/backups', '2026-05-07 03:00', '2026-05-07 03:01', '2026-05-07 03:01',
    'meishi-2026-05-07.backup', 4096, repeat('c', 64), 12, 11, 0, null, '2026-05-14 03:00'),
  (1702, false, 'desk', '/srv/meishi/backups', '2026-05-07 09:00', '2026-05-07 09:01', '2026-05-07 09:01', null, null,
    null, null, null, null, 'The disk is full.', null);
