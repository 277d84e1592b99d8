-- name: list_rows
-- One row per draft, by the contact's name; what a file says of it only where it goes into the file.
select
  judged.contact_id, judged.id, judged.is_sent, judged.reasons, judged.has_formula, cells.email, cells.full_name,
  cells.company, cells.title, cells.phone, cells.linkedin_url, cells.notes, cells.event_name, cells.event_date,
  cells.event_location, cells.subject, cells.body
from (
  select drafts.id, drafts.contact_id, drafts.place, drafts.is_sent, drafts.reasons, drafts.has_formula
  from judge_drafts(:campaign_id, :opted_out, :approved_only, :with_text, :checked, :rules) as drafts
  order by drafts.place
  -- Looked up one by one in this order: whole e-mails would not fit the memory for sorting.
  offset 0
) as judged
left join lateral (
  select
    coalesce(sendable_drafts.email, '') as email, coalesce(sendable_drafts.full_name, '') as full_name,
    coalesce(sendable_drafts.company, '') as company, coalesce(sendable_drafts.title, '') as title,
    coalesce(sendable_drafts.phone, '') as phone, coalesce(sendable_drafts.linkedin_url, '') as linkedin_url,
    case when :with_text then '' else coalesce(sendable_drafts.notes, '') end as notes,
    coalesce(sendable_drafts.event_name, '') as event_name,
    coalesce(cast(sendable_drafts.event_date as text), '') as event_date,
    coalesce(sendable_drafts.event_location, '') as event_location,
    case when :with_text then sendable_drafts.subject else '' end as subject,
    case when :with_text then sendable_drafts.body else '' end as body
  from sendable_drafts
  where sendable_drafts.id = judged.id and judged.is_sent
  offset 0
) as cells on true
order by judged.place;

-- name: preview_rows
-- One row per draft of the page of those that stay out, by the contact's name; a row without a draft where all go in.
-- Each says the same of the whole file: how many drafts have which reasons. Past the end it is the last page.
with judged as materialized (
  select drafts.id, drafts.place, drafts.is_sent, drafts.reasons
  from judge_drafts(:campaign_id, :opted_out, :approved_only, :with_text, :checked, :rules) as drafts
),
counted as (
  select judged.reasons, count(*) as drafts from judged group by judged.reasons
),
page as (
  select judged.id, judged.place, judged.reasons
  from judged
  where not judged.is_sent
  order by judged.place
  limit :limit
  offset (
    select least(:offset, rows.before_last - mod(rows.before_last, :limit))
    from (select greatest(count(*) - 1, 0) as before_last from judged where not judged.is_sent) as rows)
),
held_back as (
  select
    page.id as draft_id, page.place, page.reasons, sendable_drafts.contact_id, sendable_drafts.email,
    sendable_drafts.full_name, sendable_drafts.company, sendable_drafts.title, sendable_drafts.phone,
    sendable_drafts.linkedin_url, sendable_drafts.notes, sendable_drafts.event_name,
    cast(sendable_drafts.event_date as text) as event_date, sendable_drafts.event_location, sendable_drafts.subject,
    sendable_drafts.body
  from page
  join sendable_drafts on sendable_drafts.id = page.id
)
select
  (select jsonb_agg(jsonb_build_object('reasons', counted.reasons, 'drafts', counted.drafts)) from counted) as counts,
  held_back.draft_id, held_back.contact_id, held_back.reasons, held_back.email, held_back.full_name,
  held_back.company, held_back.title, held_back.phone, held_back.linkedin_url, held_back.notes,
  held_back.event_name, held_back.event_date, held_back.event_location, held_back.subject, held_back.body
from (values (true)) as always
left join held_back on true
order by held_back.place;

-- name: mark_campaign
update email_campaigns
set status = 'exported', exported_at = now(), export_count = coalesce(export_count, 0) + 1, export_profile = :profile
where id = :campaign_id
returning name;

-- name: mark_drafts
-- Only those that are in the file. When a draft first left is what counts; later files are in the history.
update email_drafts
set exported_at = now()
where id = any(cast(:draft_ids as int[])) and exported_at is null;

-- name: add_export
insert into email_exports (
  campaign_id, campaign_name, profile, file_name, mime, url, rows, manifest, sha256, contact_ids, approved_only
)
values (
  :campaign_id, :campaign_name, :profile, :file_name, :mime, :url, :rows, cast(:manifest as jsonb), :sha256,
  cast(:contact_ids as int[]), :approved_only
)
returning id, created_at;

-- name: list_exports
-- One row per export of the campaign, newest first; opted_out counts who wants no e-mail by now.
select
  email_exports.id, email_exports.profile, email_exports.file_name, email_exports.mime, email_exports.rows,
  email_exports.manifest -> 'held_back' as held_back, email_exports.sha256, email_exports.created_at,
  email_exports.url is not null as is_kept,
  (select count(*) from unnest(email_exports.contact_ids) as people (id)
   where people.id = any(cast(:opted_out as int[]))) as opted_out
from email_exports
where email_exports.campaign_id = :campaign_id
order by email_exports.id desc;

-- name: get_export
select id, file_name, mime, url, manifest, erased_at from email_exports where id = :export_id;
