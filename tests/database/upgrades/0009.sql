-- Two contacts of whom one was deleted and one corrected, as the program does it; both can be undone for long.
insert into contacts (
  id, event_id, full_name, email, company, status, business_card_url, processed_at, created_at, updated_at
) values
  (901, 101, 'Eve Deleted', 'eve@example.com', 'Example Lenses', 'completed', 'file:///srv/meishi/images/cards/101/h.jpg',
    '2026-04-20 11:30:04', '2026-04-20 11:30', '2026-04-20 11:30:04'),
  (902, 101, 'Finn Correced', 'finn@example.com', 'Example Lenses', 'pending_review', null, '2026-04-20 11:31:04',
    '2026-04-20 11:31', '2026-04-20 11:31:04');
insert into ocr_jobs (id, contact_id, status, photo_name, engine, created_at) values
  (901, 901, 'completed', 'eve.jpg', null, '2026-04-20 11:30'), (902, 902, 'pending', 'finn.jpg', 'easyocr', '2026-04-20 11:31');
insert into lead_group_contacts (lead_group_id, contact_id, added_at) values (101, 901, '2026-05-03 08:05');
insert into email_drafts (id, campaign_id, contact_id, subject, body, created_at) values
  (901, 104, 901, 'To Eve', 'Hi Eve', '2026-05-04 08:50');

insert into undo_memories (id, action, contact_ids, created_at, expires_at) overriding system value values
  (901, 'delete', '{901}', '2026-05-05 08:00', '2099-01-01');
insert into undo_rows (undo_id, table_name, key, contact_id, before)
select 901, table_name, key, contact_id, content from rows_of_contacts('{901}');
delete from contacts where id = 901;
select settle_undo_memories();

insert into undo_memories (id, action, contact_ids, created_at, expires_at) overriding system value values
  (902, 'edit', '{902}', '2026-05-05 08:01', '2099-01-01');
insert into undo_rows (undo_id, table_name, key, contact_id, before)
select 902, table_name, key, contact_id, content from rows_of_contacts('{902}');
update contacts
set full_name = 'Finn Corrected', status = 'user_verified', reviewed_at = '2026-05-05 08:01', updated_at = '2026-05-05 08:01'
where id = 902;
select settle_undo_memories();
-- The sweep is due when the deletion cannot be undone any more, whenever this file is run.
update loose_images set sweep_from = '2099-01-01 00:01' where url like '%/h.jpg';
