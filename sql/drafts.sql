-- name: list_drafts
-- One row per draft, as its contacts were captured: an order that an index has. Each says how many there are on all
-- pages; past the end it is the last page. Only the drafts of the page are judged, unless those to look at are wanted:
-- then all are, once.
with found as materialized (
  select email_drafts.id, email_drafts.contact_id
  from email_drafts
  where email_drafts.campaign_id = :campaign_id
    and (cast(:search as text) = '' or exists (
      select from contacts
      where contacts.id = email_drafts.contact_id and contacts.search_text like search_pattern(:search)))
    and case cast(:show as text)
      when 'approved' then email_drafts.approved_at is not null
      when 'not approved' then email_drafts.approved_at is null
      when 'edited' then email_drafts.personalization_data @> '{"edited": true}'
      when 'to look at' then email_drafts.id in (
        select sendable_drafts.id
        from sendable_drafts
        where sendable_drafts.campaign_id = :campaign_id
          and (not sendable_drafts.reasons <@ sendable_drafts.approved_reasons
            or sendable_drafts.contact_id = any(:opted_out)))
      else true
    end
),
page as (
  select found.id, found.contact_id
  from found
  order by found.contact_id
  limit :limit
  offset (
    select least(:offset, rows.before_last - mod(rows.before_last, :limit))
    from (select greatest(count(*) - 1, 0) as before_last from found) as rows)
)
select
  (select count(*) from found) as drafts,
  sendable_drafts.id, sendable_drafts.campaign_id, sendable_drafts.contact_id, sendable_drafts.label,
  sendable_drafts.full_name, sendable_drafts.email, sendable_drafts.company, sendable_drafts.subject,
  sendable_drafts.body, coalesce(sendable_drafts.personalization_data, '{}') as personalization_data,
  sendable_drafts.exported_at, sendable_drafts.approved_at, sendable_drafts.approved_reasons,
  sendable_drafts.reasons
from page
join sendable_drafts on sendable_drafts.id = page.id
order by sendable_drafts.contact_id;

-- name: list_draft_ids
-- One row per draft that list_drafts finds on all pages.
select email_drafts.id
from email_drafts
where email_drafts.campaign_id = :campaign_id
  and (cast(:search as text) = '' or exists (
    select from contacts
    where contacts.id = email_drafts.contact_id and contacts.search_text like search_pattern(:search)))
  and case cast(:show as text)
    when 'approved' then email_drafts.approved_at is not null
    when 'not approved' then email_drafts.approved_at is null
    when 'edited' then email_drafts.personalization_data @> '{"edited": true}'
    when 'to look at' then email_drafts.id in (
      select sendable_drafts.id
      from sendable_drafts
      where sendable_drafts.campaign_id = :campaign_id
        and (not sendable_drafts.reasons <@ sendable_drafts.approved_reasons
          or sendable_drafts.contact_id = any(:opted_out)))
    else true
  end;

-- name: get_draft
select
  id, campaign_id, contact_id, label, full_name, email, company, subject, body,
  coalesce(personalization_data, '{}') as personalization_data, exported_at, approved_at, approved_reasons,
  reasons
from sendable_drafts
where id = :draft_id;

-- name: lock_draft
-- Whoever saves or approves a text first holds the draft, to see whether it is still the one that was shown.
select subject, body from email_drafts where id = :draft_id for update;

-- name: update_draft
-- What was generated is kept once, beside what a person made of it. Nobody has approved the new text yet. The run
-- that was the last one then is kept too: it must not replace what was edited after it began.
update email_drafts
set subject = :subject, body = :body, approved_at = null, approved_reasons = '{}',
  personalization_data = coalesce(personalization_data, '{}') || jsonb_build_object(
    'edited', true,
    'edited_in', (select generation from email_campaigns where email_campaigns.id = email_drafts.campaign_id),
    'generated', coalesce(
      personalization_data -> 'generated', jsonb_build_object('subject', subject, 'body', body)))
where id = :draft_id and (subject, body) is distinct from (cast(:subject as text), cast(:body as text));

-- name: restore_draft
-- As it was generated; nothing comes back where nobody edited it.
update email_drafts
set subject = personalization_data #>> '{generated,subject}', body = personalization_data #>> '{generated,body}',
  personalization_data = personalization_data - 'edited' - 'edited_in' - 'generated', approved_at = null,
  approved_reasons = '{}'
where id = :draft_id and personalization_data -> 'generated' is not null
returning id;

-- name: approve_drafts
-- With the reasons to hold them back that a person sees now.
update email_drafts
set approved_at = coalesce(email_drafts.approved_at, now()), approved_reasons = sendable_drafts.reasons
from sendable_drafts
where email_drafts.id = any(:draft_ids) and sendable_drafts.id = email_drafts.id
  and (email_drafts.approved_at is null or not sendable_drafts.reasons <@ email_drafts.approved_reasons)
returning email_drafts.id;

-- name: approve_reason
-- One reason of many: a draft with others is held back for those still, and not approved as a whole.
update email_drafts
set approved_reasons = array_append(email_drafts.approved_reasons, cast(:reason as text)),
  approved_at = case
    when sendable_drafts.reasons <@ array_append(email_drafts.approved_reasons, cast(:reason as text))
    then coalesce(email_drafts.approved_at, now())
    else email_drafts.approved_at
  end
from sendable_drafts
where email_drafts.campaign_id = :campaign_id and sendable_drafts.id = email_drafts.id
  and sendable_drafts.campaign_id = :campaign_id
  and sendable_drafts.reasons @> array[cast(:reason as text)]
  and not email_drafts.approved_reasons @> array[cast(:reason as text)]
returning email_drafts.id;

-- name: unapprove_drafts
update email_drafts
set approved_at = null, approved_reasons = '{}'
where id = any(:draft_ids) and (approved_at is not null or approved_reasons <> '{}')
returning id;
