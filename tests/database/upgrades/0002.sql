-- Notes, attempts at reading, and what a campaign remembers of its group and template.
insert into contacts (id, event_id, full_name, email, status, notes, processed_at, created_at, updated_at) values
  (201, 101, 'Ben Sample', 'ben@example.com', 'completed', E'Wants a demo\nin June', '2026-04-20 11:00:04',
    '2026-04-20 11:00', '2026-04-20 11:00:04');
insert into ocr_jobs (id, contact_id, status, attempts, photo_name, started_at, completed_at, created_at) values
  (201, 201, 'completed', 2, 'ben card.jpg', '2026-04-20 11:00:01', '2026-04-20 11:00:04', '2026-04-20 11:00');
insert into lead_group_contacts (lead_group_id, contact_id, added_at) values (101, 201, '2026-05-03 08:04');
-- One that has lost both.
insert into email_campaigns (id, name, status, lead_group_name, template_name, created_at) values
  (201, 'Of old', 'ready', 'A group that is gone', 'A template that is gone', '2026-05-03 11:00');
insert into email_drafts (id, campaign_id, contact_id, subject, body, created_at) values
  (201, 201, 201, 'Your demo', 'Hi Ben', '2026-05-04 08:40');
