-- A file that left, and one whose content was erased with a person in it.
insert into email_exports (
  id, campaign_id, campaign_name, profile, file_name, mime, url, rows, manifest, sha256, contact_ids, approved_only,
  created_at, erased_at
) values
  (1301, 101, 'After the fair', 'any', 'after-the-fair.csv', 'text/csv', 'file:///srv/meishi/images/exports/a.csv', 1,
    '{"rows": 1, "held_back": {"no_email": 1}}', repeat('a', 64), '{101}', false, '2026-05-04 09:00', null),
  (1302, 101, 'After the fair', 'gmail', 'after-the-fair-gmail.csv', 'text/csv', null, 1, '{"rows": 1, "held_back": {"no_email": 1}}',
    repeat('b', 64), '{105}', true, '2026-05-04 09:10', '2026-05-05 09:00');
