-- A campaign keeps the words it was written from, whatever becomes of its template; what the model was told; and where
-- its writing stands.
alter table email_campaigns
  add column template_subject varchar(500),
  add column template_body text,
  -- Tone, length, goal and language for the model; a key left out is left to the template.
  add column instructions jsonb not null default '{}',
  -- Counted up whenever writing begins: a job of an earlier run finds that it is not meant any more.
  add column generation integer not null default 0,
  -- Whom this run writes to: null for all recipients. One that rewrites replaces drafts of earlier runs.
  add column generation_contact_ids integer[],
  add column is_rewriting boolean not null default false,
  -- Stopped by hand, to go on later.
  add column is_paused boolean not null default false,
  -- The file that was chosen last, a key of the export profiles.
  add column export_profile varchar(40);

update email_campaigns
set template_subject = email_templates.subject, template_body = email_templates.body
from email_templates
where email_templates.id = email_campaigns.template_id;

-- Approved by a person, who saw these reasons to hold the draft back: others that come up later hold it back again.
alter table email_drafts
  add column generation integer not null default 0,
  -- When the text that stands there was written; created_at stays the first draft's time.
  add column written_at timestamp,
  add column approved_at timestamp,
  add column approved_reasons text[] not null default '{}';
update email_drafts set written_at = coalesce(created_at, now());
alter table email_drafts alter column written_at set default now(), alter column written_at set not null;
create index idx_email_drafts_approved on email_drafts (campaign_id) where approved_at is not null;
