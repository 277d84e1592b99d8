-- name: list_campaigns
-- One row per campaign, newest first. Group and template by the name they have now, or had when they were deleted.
select
  email_campaigns.id, email_campaigns.name, email_campaigns.status, email_campaigns.lead_group_id,
  coalesce(lead_groups.name, email_campaigns.lead_group_name) as lead_group_name, email_campaigns.template_id,
  coalesce(email_templates.name, email_campaigns.template_name) as template_name, email_campaigns.template_subject,
  email_campaigns.template_body, email_campaigns.instructions, email_campaigns.is_paused, email_campaigns.generation,
  email_campaigns.export_profile, email_campaigns.generated_at, email_campaigns.exported_at,
  email_campaigns.export_count, email_campaigns.created_at
from email_campaigns
left join lead_groups on lead_groups.id = email_campaigns.lead_group_id
left join email_templates on email_templates.id = email_campaigns.template_id
where cast(:campaign_id as int) is null or email_campaigns.id = :campaign_id
order by email_campaigns.id desc;

-- name: add_campaign
-- The template's words are kept: it may be changed or deleted later. Nothing comes back where it or the group is gone.
insert into email_campaigns (
  name, lead_group_id, lead_group_name, template_id, template_name, template_subject, template_body, instructions
)
select
  :name, lead_groups.id, lead_groups.name, email_templates.id, email_templates.name, email_templates.subject,
  email_templates.body, cast(:instructions as jsonb)
from lead_groups
cross join email_templates
where lead_groups.id = :group_id and email_templates.id = :template_id
returning id, lead_group_name, template_name;

-- name: update_campaign
-- Without another template the words that are kept stay.
update email_campaigns
set name = :name, instructions = cast(:instructions as jsonb)
where id = :campaign_id
returning id;

-- name: set_template
update email_campaigns
set template_id = email_templates.id, template_name = email_templates.name,
  template_subject = email_templates.subject, template_body = email_templates.body
from email_templates
where email_campaigns.id = :campaign_id and email_templates.id = :template_id
returning email_campaigns.id;

-- name: set_export_profile
update email_campaigns set export_profile = :profile where id = :campaign_id;

-- name: count_members
select count(*) from lead_group_contacts where lead_group_id = :group_id;

-- name: delete_campaign
-- Its drafts go with it.
delete from email_campaigns where id = :campaign_id;

-- name: lock_campaign
-- Whoever writes drafts or exports holds the campaign until the end of the transaction.
select status from email_campaigns where id = :campaign_id for update;

-- name: list_people
-- One row per contact of the campaign's group, by name. left_out says why one gets no e-mail, null for a recipient. Of
-- several contacts with one address the one already written to stays, then the one a person verified, then the oldest.
with people as (
  select
    contacts.id as contact_id, contacts.full_name as label, nullif(trim(contacts.email), '') as email,
    contacts.status, contacts.id = any(:opted_out) as is_opted_out, email_drafts.id is not null as is_drafted
  from email_campaigns
  join lead_group_contacts on lead_group_contacts.lead_group_id = email_campaigns.lead_group_id
  join contacts on contacts.id = lead_group_contacts.contact_id
  left join email_drafts
    on email_drafts.campaign_id = email_campaigns.id and email_drafts.contact_id = contacts.id
  where email_campaigns.id = :campaign_id
),
judged as (
  select
    contact_id, label, is_drafted,
    case
      when is_opted_out then 'opted_out'
      when status = 'processing' then 'processing'
      when status = 'failed' then 'failed'
      when status = 'pending_review' then 'pending_review'
      when email is null then 'no_email'
      when row_number() over (
        partition by lower(email), status in ('completed', 'user_verified')
        order by is_drafted desc, status = 'user_verified' desc, contact_id) > 1 then 'same_address'
    end as left_out
  from people
),
page as (
  select contact_id, is_drafted, left_out
  from judged
  where cast(:is_left_out as boolean) is null or (left_out is not null) = :is_left_out
  order by lower(label), contact_id
  limit :limit offset :offset
)
select
  page.contact_id, contacts.full_name as label, person_name(contacts.full_name) as full_name,
  nullif(trim(contacts.email), '') as email, contacts.company, contacts.title, contacts.phone, contacts.notes,
  contacts.linkedin_url, events.name as event_name, events.date as event_date, events.location as event_location,
  events.industry as event_industry, page.is_drafted,
  page.left_out
from page
join contacts on contacts.id = page.contact_id
left join events on events.id = contacts.event_id
order by lower(contacts.full_name), page.contact_id;

-- name: count_people
-- One row per reason to be left out, null for recipients, with how many of them have a draft. Judged as in list_people,
-- by the bytes of an address alone, which sorts a large group several times as fast.
with people as (
  select
    contacts.id as contact_id, lower(nullif(trim(contacts.email), '')) collate "C" as email, contacts.status,
    contacts.id = any(:opted_out) as is_opted_out, email_drafts.id is not null as is_drafted
  from email_campaigns
  join lead_group_contacts on lead_group_contacts.lead_group_id = email_campaigns.lead_group_id
  join contacts on contacts.id = lead_group_contacts.contact_id
  left join email_drafts
    on email_drafts.campaign_id = email_campaigns.id and email_drafts.contact_id = contacts.id
  where email_campaigns.id = :campaign_id
),
judged as (
  select
    is_drafted,
    case
      when is_opted_out then 'opted_out'
      when status in ('processing', 'failed', 'pending_review') then status
      when email is null then 'no_email'
      when row_number() over (
        partition by email, status in ('completed', 'user_verified')
        order by is_drafted desc, status = 'user_verified' desc, contact_id) > 1 then 'same_address'
    end as left_out
  from people
)
select left_out, count(*) as people, count(*) filter (where is_drafted) as drafted
from judged
group by left_out;

-- name: count_drafts
-- One row. Each count is read from an index of its own.
select
  (select count(*) from email_drafts where campaign_id = :campaign_id) as drafts,
  (select count(*) from email_drafts where campaign_id = :campaign_id and approved_at is not null) as approved,
  (select count(*) from email_drafts
    where campaign_id = :campaign_id and personalization_data @> '{"edited": true}') as edited,
  (select count(*) from email_drafts where campaign_id = :campaign_id and exported_at is not null) as exported;
