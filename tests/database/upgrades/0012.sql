-- A campaign that is being written anew for two of its people, by a model told how.
insert into email_campaigns (
  id, lead_group_id, template_id, name, status, generated_at, lead_group_name, template_name, template_subject,
  template_body, instructions, generation, generation_contact_ids, is_rewriting, is_paused, export_profile, created_at
) values
  (1201, 101, 101, 'With a model', 'generating', null, 'Fair leads', 'Questions', 'For {{company}}', 'Hi {{firstName}}',
    '{"tone": "friendly"}', 3, '{101,105}', true, true, 'gmail', '2026-05-06 08:00');
insert into email_drafts (
  id, campaign_id, contact_id, subject, body, personalization_data, generation, written_at, approved_at,
  approved_reasons, created_at
) values
  (1201, 1201, 101, 'For Bjørk & Sons', 'Hi Zoë', '{"source": "model", "flags": ["new_name"]}', 3, '2026-05-06 09:00',
    '2026-05-06 10:00', '{flagged}', '2026-05-06 08:30');
