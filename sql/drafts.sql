-- name: list_drafts
-- One row per draft, by the contact's name, with what an export needs of the contact.
select
  email_drafts.id, email_drafts.campaign_id, email_drafts.contact_id, contacts.full_name as label,
  person_name(contacts.full_name) as full_name, nullif(trim(contacts.email), '') as email, contacts.company,
  contacts.title, contacts.phone, contacts.linkedin_url, events.name as event_name, email_drafts.subject,
  email_drafts.body, coalesce(email_drafts.personalization_data, '{}') as personalization_data,
  email_drafts.exported_at,
  -- Who left the group is out; a group deleted as a whole takes nobody out.
  email_campaigns.lead_group_id is null or exists (
    select from lead_group_contacts
    where lead_group_contacts.lead_group_id = email_campaigns.lead_group_id
      and lead_group_contacts.contact_id = email_drafts.contact_id) as is_member
from email_drafts
join email_campaigns on email_campaigns.id = email_drafts.campaign_id
join contacts on contacts.id = email_drafts.contact_id
left join events on events.id = contacts.event_id
where email_drafts.campaign_id = :campaign_id
  and (cast(:draft_id as int) is null or email_drafts.id = :draft_id)
order by lower(contacts.full_name), email_drafts.id;

-- name: get_campaign_of_draft
select campaign_id from email_drafts where id = :draft_id;

-- name: add_draft
-- A draft that is there already stays: it may be edited.
insert into email_drafts (campaign_id, contact_id, subject, body, personalization_data)
select :campaign_id, contacts.id, :subject, :body, cast(:personalization_data as jsonb)
from contacts
-- Deleted while its draft was being written.
where contacts.id = :contact_id
for key share
on conflict (campaign_id, contact_id) do nothing;

-- name: update_draft
-- What was generated is kept once, beside what a person made of it.
update email_drafts
set subject = :subject, body = :body,
  personalization_data = coalesce(personalization_data, '{}') || jsonb_build_object(
    'edited', true,
    'generated', coalesce(
      personalization_data -> 'generated', jsonb_build_object('subject', subject, 'body', body)))
where id = :draft_id and (subject, body) is distinct from (cast(:subject as text), cast(:body as text));

-- name: discard_drafts
-- Those nobody edited, so that they are written anew.
delete from email_drafts
where campaign_id = :campaign_id and not coalesce(personalization_data, '{}') @> '{"edited": true}'
returning id;

-- name: count_by_source
select coalesce(personalization_data ->> 'source', 'template') as source, count(*) as drafts
from email_drafts
where campaign_id = :campaign_id
group by coalesce(personalization_data ->> 'source', 'template');

-- name: start_generation
update email_campaigns set status = 'generating' where id = :campaign_id;

-- name: finish_generation
update email_campaigns
set status = 'ready', generated_at = now()
where id = :campaign_id and status = 'generating'
returning id;

-- name: stop_generation
-- As it was before; drafts that a first run left can be read and exported.
update email_campaigns
set status = case
  when exported_at is not null then 'exported'
  when exists (select from email_drafts where email_drafts.campaign_id = email_campaigns.id) then 'ready'
  else 'draft'
end
where id = :campaign_id and status = 'generating'
returning id;

-- name: get_last_generation
select metadata
from activity_logs
where action = 'email_drafts_generated' and entity_type = 'email_campaign' and entity_id = :campaign_id
order by id desc
limit 1;
