-- What the schema document leaves open: rules that hold whatever the program does, and the indexes its queries need.

-- What one talked about with the person.
alter table contacts add column notes text;

-- What the queue needs: how often a job was begun (a result counts only for the attempt that made it), and the
-- photo's name, which the contact loses as soon as its person is known.
alter table ocr_jobs add column attempts integer not null default 0;
alter table ocr_jobs add column photo_name varchar(255);

-- Until a card is read its contact's full_name holds the photo's file name. That is nobody's name.
create function person_name(full_name text) returns text
language sql immutable parallel safe
return case when full_name !~* '\.(jpe?g|png|webp|heic|heif)$' then full_name end;

-- A campaign outlives its group and template and still says where its leads came from.
alter table email_campaigns
  add column lead_group_name varchar(255),
  add column template_name varchar(255),
  drop constraint email_campaigns_lead_group_id_fkey,
  drop constraint email_campaigns_template_id_fkey,
  add constraint email_campaigns_lead_group_id_fkey
    foreign key (lead_group_id) references lead_groups (id) on delete set null,
  add constraint email_campaigns_template_id_fkey
    foreign key (template_id) references email_templates (id) on delete set null;

alter table email_drafts
  drop constraint email_drafts_contact_id_fkey,
  add constraint email_drafts_contact_id_fkey
    foreign key (contact_id) references contacts (id) on delete cascade,
  add constraint email_drafts_one_per_contact unique (campaign_id, contact_id);

-- The document's statuses and no others; `not valid` first so that adding the rule holds no long lock.
alter table contacts
  add constraint contacts_status_known
    check (status in ('processing', 'completed', 'failed', 'pending_review', 'user_verified')) not valid,
  add constraint contacts_confidence_is_share check (ocr_confidence between 0 and 1) not valid;
alter table ocr_jobs
  add constraint ocr_jobs_status_known
    check (status in ('pending', 'processing', 'completed', 'failed')) not valid;
alter table email_campaigns
  add constraint email_campaigns_status_known
    check (status in ('draft', 'generating', 'ready', 'exported')) not valid;
alter table contacts validate constraint contacts_status_known;
alter table contacts validate constraint contacts_confidence_is_share;
alter table ocr_jobs validate constraint ocr_jobs_status_known;
alter table email_campaigns validate constraint email_campaigns_status_known;

-- updated_at moves by itself, and only when something else did.
create function touch_updated_at() returns trigger
language plpgsql as $$
begin
  new.updated_at := now();
  return new;
end
$$;
create trigger events_touch before update on events
  for each row when (old.* is distinct from new.*) execute function touch_updated_at();
create trigger contacts_touch before update on contacts
  for each row when (old.* is distinct from new.*) execute function touch_updated_at();
create trigger lead_groups_touch before update on lead_groups
  for each row when (old.* is distinct from new.*) execute function touch_updated_at();
create trigger email_templates_touch before update on email_templates
  for each row when (old.* is distinct from new.*) execute function touch_updated_at();

-- Processing times by event and by day come from the index alone.
create index idx_contacts_event_times on contacts (event_id) include (created_at, processed_at)
  where processed_at is not null;
create index idx_contacts_day_times on contacts (created_at) include (processed_at)
  where processed_at is not null;
create index idx_email_campaigns_group_generated on email_campaigns (lead_group_id, generated_at);

-- Every foreign key: without them deleting an event looks through whole tables for each of its contacts.
create index idx_lead_group_contacts_contact_id on lead_group_contacts (contact_id);
create index idx_email_campaigns_template_id on email_campaigns (template_id);
create index idx_email_drafts_contact_id on email_drafts (contact_id);
