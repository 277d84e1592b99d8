-- name: list_campaigns
-- One row per campaign, newest first. Group and template by the name they have now, or had when they were deleted.
select
  email_campaigns.id, email_campaigns.name, email_campaigns.status, email_campaigns.lead_group_id,
  coalesce(lead_groups.name, email_campaigns.lead_group_name) as lead_group_name, email_campaigns.template_id,
  coalesce(email_templates.name, email_campaigns.template_name) as template_name, email_campaigns.generated_at,
  email_campaigns.exported_at, email_campaigns.export_count, email_campaigns.created_at,
  (select count(*) from email_drafts where email_drafts.campaign_id = email_campaigns.id) as draft_count
from email_campaigns
left join lead_groups on lead_groups.id = email_campaigns.lead_group_id
left join email_templates on email_templates.id = email_campaigns.template_id
where cast(:campaign_id as int) is null or email_campaigns.id = :campaign_id
order by email_campaigns.id desc;

-- name: add_campaign
-- Nothing comes back where the group or the template is gone.
insert into email_campaigns (name, lead_group_id, lead_group_name, template_id, template_name)
select :name, lead_groups.id, lead_groups.name, email_templates.id, email_templates.name
from lead_groups
cross join email_templates
where lead_groups.id = :group_id and email_templates.id = :template_id
returning id, lead_group_name, template_name;

-- name: count_members
select count(*) from lead_group_contacts where lead_group_id = :group_id;

-- name: delete_campaign
-- Its drafts go with it.
delete from email_campaigns where id = :campaign_id;

-- name: lock_campaign
-- Whoever writes drafts or exports holds the campaign until the end of the transaction.
select status from email_campaigns where id = :campaign_id for update;

-- name: list_people
-- One row per contact of the campaign's group. left_out says why one gets no e-mail, null for a recipient. Of several
-- contacts with one address the one already written to stays, then the one a person verified, then the oldest.
with people as (
  select
    contacts.id as contact_id, contacts.full_name as label, person_name(contacts.full_name) as full_name,
    nullif(trim(contacts.email), '') as email, contacts.company, contacts.title, contacts.phone, contacts.notes,
    contacts.status, events.name as event_name, events.date as event_date, events.location as event_location,
    email_drafts.id is not null as is_drafted
  from email_campaigns
  join lead_group_contacts on lead_group_contacts.lead_group_id = email_campaigns.lead_group_id
  join contacts on contacts.id = lead_group_contacts.contact_id
  left join events on events.id = contacts.event_id
  left join email_drafts
    on email_drafts.campaign_id = email_campaigns.id and email_drafts.contact_id = contacts.id
  where email_campaigns.id = :campaign_id
)
select
  contact_id, label, full_name, email, company, title, phone, notes, event_name, event_date, event_location,
  is_drafted,
  case
    when status = 'processing' then 'processing'
    when status = 'failed' then 'failed'
    when status = 'pending_review' then 'pending_review'
    when email is null then 'no_email'
    when row_number() over (
      partition by lower(email), status in ('completed', 'user_verified')
      order by is_drafted desc, status = 'user_verified' desc, contact_id) > 1 then 'same_address'
  end as left_out
from people
order by lower(label), contact_id;
