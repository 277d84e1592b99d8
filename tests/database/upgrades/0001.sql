-- What the tables of the schema document hold: every status, names of several scripts, a card nobody could read.
insert into events (id, name, date, location, industry, description, created_at, updated_at) values
  (101, 'Spring Fair', '2026-04-20', 'Zürich', 'Optics', E'Hall 4\nnear the café', '2026-04-01 08:00', '2026-04-02 09:00'),
  (102, 'Dinner', '2026-05-02', null, null, null, '2026-05-01 08:00', '2026-05-01 08:00');

insert into contacts (
  id, event_id, full_name, email, company, title, phone, linkedin_url, business_card_url, ocr_confidence, ocr_raw_data,
  status, processed_at, reviewed_at, created_at, updated_at
) values
  (101, 101, 'Zoë Müller', 'zoe.mueller@example.com', 'Bjørk & Sons', 'Head of Optics', '+41443640000',
    'https://www.linkedin.com/in/zoe-example', 'file:///srv/meishi/images/cards/101/a.jpg', 0.97,
    '{"engine": "rapidocr", "version": "3.4", "seconds": 0.8, "status": "completed", "confidence": 0.97, "reasons": [],
      "fields": {"full_name": {"value": "Zoë Müller", "confidence": 0.97, "box": [[9, 9], [200, 9], [200, 40], [9, 40]],
        "lines": [0], "evidence": ["the e-mail address"]}},
      "lines": [{"text": "Zoë Müller", "box": [[9, 9], [200, 9], [200, 40], [9, 40]], "score": 0.98}], "extra": {}}',
    'completed', '2026-04-20 10:00:05', null, '2026-04-20 10:00:00', '2026-04-20 10:00:05'),
  (102, 101, '山田 太郎', 'taro@example.com', '株式会社例', null, null, null,
    'file:///srv/meishi/images/cards/101/b.jpg', 0.41,
    '{"engine": "rapidocr", "version": "3.4", "seconds": 0.9, "status": "pending_review", "confidence": 0.41,
      "reasons": ["The name may be another line. Look at it.", "Cut from a photo with 3 cards"],
      "fields": {}, "lines": [], "extra": {}}',
    'pending_review', '2026-04-20 10:01:05', null, '2026-04-20 10:01:00', '2026-04-20 10:01:05'),
  (103, 101, 'IMG_0003.JPG', null, null, null, null, null, 'file:///srv/meishi/images/cards/101/c.jpg', null, null,
    'failed', null, null, '2026-04-20 10:02:00', '2026-04-20 10:02:09'),
  (104, 102, 'scan 4.heic', null, null, null, null, null, 'file:///srv/meishi/images/cards/102/d.jpg', null, null,
    'processing', null, null, '2026-05-02 10:03:00', '2026-05-02 10:03:00'),
  (105, null, 'Ada Example', 'Ada@Example.com', 'Example Optics', 'Buyer', '+4930901820', null, null, 0.66, null,
    'user_verified', '2026-05-02 10:04:05', '2026-05-02 11:00:00', '2026-05-02 10:04:00', '2026-05-02 11:00:00');

insert into ocr_jobs (id, contact_id, status, error_message, started_at, completed_at, created_at) values
  (101, 101, 'completed', null, '2026-04-20 10:00:01', '2026-04-20 10:00:05', '2026-04-20 10:00:00'),
  (102, 102, 'completed', null, '2026-04-20 10:01:01', '2026-04-20 10:01:05', '2026-04-20 10:01:00'),
  (103, 103, 'failed', 'No text was found on this photo.', '2026-04-20 10:02:01', '2026-04-20 10:02:09', '2026-04-20 10:02:00'),
  (104, 104, 'pending', null, null, null, '2026-05-02 10:03:00'),
  (105, 105, 'processing', null, '2026-05-02 10:04:01', null, '2026-05-02 10:04:00');

insert into lead_groups (id, name, description, created_at, updated_at) values
  (101, 'Fair leads', 'To write to first', '2026-05-03 08:00', '2026-05-03 08:00'),
  (102, 'Nobody yet', null, '2026-05-03 08:01', '2026-05-03 08:01');
insert into lead_group_contacts (lead_group_id, contact_id, added_at) values
  (101, 101, '2026-05-03 08:02'), (101, 105, '2026-05-03 08:03');

insert into email_templates (id, name, subject, body, variables, created_at, updated_at) values
  (101, 'Questions', 'About {{company}}', E'Hi {{firstName|there}},\n\nwhat does {{company}} need?',
    '{firstName,company}', '2026-05-03 09:00', '2026-05-03 09:00');
insert into email_campaigns (
  id, lead_group_id, template_id, name, status, generated_at, exported_at, export_count, created_at
) values
  (101, 101, 101, 'After the fair', 'exported', '2026-05-04 08:00', '2026-05-04 09:00', 2, '2026-05-03 10:00'),
  (102, 102, 101, 'Later', 'draft', null, null, 0, '2026-05-03 10:01'),
  (103, 101, 101, 'Under way', 'generating', null, null, 0, '2026-05-03 10:02'),
  (104, 101, null, 'Written', 'ready', '2026-05-04 08:30', null, 0, '2026-05-03 10:03');
insert into email_drafts (
  id, campaign_id, contact_id, subject, body, personalization_data, exported_at, sent_at, created_at
) values
  (101, 101, 101, 'About Bjørk & Sons', E'Hi Zoë,\n\nwhat does Bjørk & Sons need?',
    '{"source": "merge", "flags": []}', '2026-05-04 09:00', '2026-05-04 09:30', '2026-05-04 08:00'),
  (102, 101, 105, 'About Example Optics', 'Hi Ada', null, null, null, '2026-05-04 08:00:01'),
  (103, 104, 101, 'Hello', 'Hi Zoë', '{"source": "model", "model": "example"}', null, null, '2026-05-04 08:30');

insert into activity_logs (id, action, entity_type, entity_id, metadata, created_at) values
  (101, 'event_created', 'event', 101, '{"name": "Spring Fair"}', '2026-04-01 08:00'),
  (102, 'contact_uploaded', 'contact', 101, '{"file": "a.jpg"}', '2026-04-20 10:00'),
  (103, 'email_campaign_exported', 'email_campaign', 101, '{"rows": 1}', '2026-05-04 09:00'),
  -- Of a contact that was deleted since.
  (104, 'contact_processed', 'contact', 99, '{}', '2026-04-20 10:00');
