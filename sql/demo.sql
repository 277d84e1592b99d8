-- name: wait_for_turn
-- Until the end of the transaction nobody else makes sample data. Any number no other program of this database uses.
select pg_advisory_xact_lock(1835365473);

-- name: count_sample_events
-- Sample data is known by the metadata of the activity that made it.
select count(*)
from activity_logs
where action = 'event_created' and metadata @> '{"demo": true}'
  and exists (select from events where events.id = activity_logs.entity_id);

-- name: reserve_contact_ids
-- Ids known beforehand, so that all rows of a table can go in at once.
select nextval(pg_get_serial_sequence('contacts', 'id')) as id from generate_series(1, :count);

-- name: reserve_job_ids
select nextval(pg_get_serial_sequence('ocr_jobs', 'id')) as id from generate_series(1, :count);

-- name: add_contact
insert into contacts (
  id, event_id, full_name, email, company, title, phone, linkedin_url, notes, business_card_url, ocr_confidence,
  ocr_raw_data, status, processed_at, reviewed_at, created_at, updated_at
)
values (
  :id, :event_id, :full_name, :email, :company, :title, :phone, :linkedin_url, :notes, :business_card_url,
  :ocr_confidence, cast(:ocr_raw_data as jsonb), :status, :processed_at, :reviewed_at, :created_at,
  coalesce(cast(:reviewed_at as timestamp), cast(:processed_at as timestamp))
);

-- name: add_job
insert into ocr_jobs (id, contact_id, status, error_message, started_at, completed_at, created_at, attempts, photo_name)
values (:id, :contact_id, :status, :error_message, :started_at, :completed_at, :created_at, 1, :photo_name);

-- name: add_activity
insert into activity_logs (action, entity_type, entity_id, metadata, created_at)
values (:action, :entity_type, :entity_id, cast(:metadata as jsonb), :created_at);

-- name: date_event
update events set created_at = :at, updated_at = :at where id = :id;

-- name: date_group
update lead_groups set created_at = :at, updated_at = :at where id = :id;

-- name: date_members
update lead_group_contacts set added_at = :at where lead_group_id = :id;

-- name: date_template
update email_templates set created_at = :at, updated_at = :at where id = :id;

-- name: date_campaign
-- With its drafts; it is exported where that has a time.
with dated as (
  update email_campaigns
  set created_at = :at, generated_at = :generated_at, exported_at = :exported_at,
    status = case when cast(:exported_at as timestamp) is null then 'ready' else 'exported' end
  where id = :id
)
update email_drafts
set created_at = :generated_at, written_at = :generated_at, exported_at = :exported_at,
  -- Somebody took ten minutes for it.
  approved_at = case when approved_at is not null then cast(:generated_at as timestamp) + interval '10 minutes' end
where campaign_id = :id;

-- name: date_export
update email_exports set created_at = :at where id = :id;

-- name: add_draft
insert into email_drafts (campaign_id, contact_id, subject, body, personalization_data)
values (:campaign_id, :contact_id, :subject, :body, cast(:personalization_data as jsonb));

-- name: date_activity
-- What the product's own functions logged a moment ago, moved to when it happened in the story.
update activity_logs
set created_at = :at, metadata = metadata || cast(:metadata as jsonb)
where entity_type = :entity_type and entity_id = :id and action = :action;

-- name: list_sample_ids
-- One row per event, group and campaign that the sample made, there or not, with the template of a campaign.
select entity_type, entity_id, cast(metadata ->> 'template_id' as integer) as template_id
from activity_logs
where action in ('event_created', 'lead_group_created', 'email_campaign_created') and metadata @> '{"demo": true}';

-- name: list_contacts_of_events
-- One row per contact of the events, and per contact that was captured there and deleted since.
select contacts.id
from contacts
where contacts.event_id = any(:event_ids)
union
select activity_logs.entity_id
from activity_logs
where activity_logs.action = 'contact_uploaded'
  and cast(activity_logs.metadata ->> 'event_id' as integer) = any(:event_ids);

-- name: delete_exports
-- Their files go with the next sweep.
delete from email_exports where campaign_id = any(:ids);

-- name: delete_opt_outs
delete from suppressions where note = :note;

-- name: delete_campaigns
delete from email_campaigns where id = any(:ids);

-- name: delete_templates
delete from email_templates where id = any(:ids);

-- name: delete_groups
delete from lead_groups where id = any(:ids);

-- name: delete_events
-- Contacts, their jobs, memberships and drafts go with them.
delete from events where id = any(:ids);

-- name: delete_activity
delete from activity_logs where entity_type = :entity_type and entity_id = any(:ids);
