-- name: list_templates
-- One row per template, newest first.
select id, name, subject, body, variables, updated_at
from email_templates
order by id desc;

-- name: get_template
select id, name, subject, body, variables, updated_at
from email_templates
where id = :template_id;

-- name: add_template
insert into email_templates (name, subject, body, variables)
values (:name, :subject, :body, :variables)
returning id;

-- name: update_template
update email_templates
set name = :name, subject = :subject, body = :body, variables = :variables
where id = :template_id
returning id;

-- name: delete_template
-- Campaigns made from it stay, and keep its name and words.
delete from email_templates where id = :template_id;

-- name: count_uses
-- One row: the campaigns made from the template, and their drafts.
select count(distinct email_campaigns.id) as campaigns, count(email_drafts.id) as drafts
from email_campaigns
left join email_drafts on email_drafts.campaign_id = email_campaigns.id
where email_campaigns.template_id = :template_id;

-- name: list_previews
-- One row per contact that is read, newest first, with what a template can say about it.
select
  contacts.id as contact_id, person_name(contacts.full_name) as full_name, contacts.email, contacts.company,
  contacts.title, contacts.phone, contacts.linkedin_url, contacts.notes, events.name as event_name,
  events.date as event_date, events.location as event_location, events.industry as event_industry
from contacts
left join events on events.id = contacts.event_id
where contacts.status in ('completed', 'pending_review', 'user_verified')
  and person_name(contacts.full_name) is not null
  and (cast(:search as text) = '' or contacts.search_text like search_pattern(:search))
order by contacts.id desc
limit :limit;

-- name: count_previews
-- One row: as many as there are, :limit at most.
select count(*)
from (
  select
  from contacts
  where contacts.status in ('completed', 'pending_review', 'user_verified')
    and person_name(contacts.full_name) is not null
  limit :limit
) as found;
