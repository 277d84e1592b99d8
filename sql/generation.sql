-- name: get_run
-- What a run writes: its generation, whom to, from which words, and whether anybody still wants it.
select
  id, status, generation, generation_contact_ids as contact_ids, is_rewriting, is_paused, template_subject,
  template_body, instructions
from email_campaigns
where id = :campaign_id;

-- name: start_run
-- Today's words of the template are kept with the campaign; those of a deleted one are there already.
update email_campaigns
set status = 'generating', is_paused = false, generation = generation + 1, generation_contact_ids = :contact_ids,
  is_rewriting = :is_rewriting,
  template_subject = coalesce(
    (select subject from email_templates where email_templates.id = email_campaigns.template_id), template_subject),
  template_body = coalesce(
    (select body from email_templates where email_templates.id = email_campaigns.template_id), template_body)
where id = :campaign_id
returning generation, template_body is not null as has_words;

-- name: resume_run
update email_campaigns
set status = 'generating', is_paused = false
where id = :campaign_id
returning generation, template_body is not null as has_words;

-- name: halt_run
-- By hand or because it cannot go on: as it was before; drafts that are there can be read and exported.
update email_campaigns
set is_paused = :is_paused, status = case
  when exported_at is not null then 'exported'
  when exists (select from email_drafts where email_drafts.campaign_id = email_campaigns.id) then 'ready'
  else 'draft'
end
where id = :campaign_id
  and case
    -- A job speaks for its own run alone, a person for whatever is under way or paused.
    when cast(:generation as int) is null then status = 'generating' or is_paused
    else status = 'generating' and generation = :generation
  end
returning generation;

-- name: forget_run
-- A cancelled run is over for good: whatever still works for it finds another generation.
update email_campaigns
set is_paused = false, is_rewriting = false, generation_contact_ids = null, generation = generation + 1
where id = :campaign_id;

-- name: finish_run
update email_campaigns
set status = 'ready', generated_at = now(), is_paused = false, is_rewriting = false, generation_contact_ids = null
where id = :campaign_id and status = 'generating' and generation = :generation
returning id;

-- name: delete_run
-- What the run wrote where nothing was before, as long as nobody touched it.
delete from email_drafts
using email_campaigns
where email_drafts.campaign_id = :campaign_id
  and email_campaigns.id = email_drafts.campaign_id and email_drafts.generation = email_campaigns.generation
  and email_drafts.approved_at is null and email_drafts.exported_at is null
  and not coalesce(personalization_data, '{}') @> '{"edited": true}'
  and not coalesce(personalization_data, '{}') @> '{"rewritten": true}';

-- name: list_done
-- One row per contact that the run has nothing more to write to. Rewriting spares what a person edited, unless the
-- run names the contact and began after the edit.
select email_drafts.contact_id
from email_drafts
join email_campaigns on email_campaigns.id = email_drafts.campaign_id
where email_drafts.campaign_id = :campaign_id
  and (
    not email_campaigns.is_rewriting
    or email_drafts.generation = email_campaigns.generation
    or (
      coalesce(email_drafts.personalization_data, '{}') @> '{"edited": true}'
      and not (
        coalesce(email_drafts.contact_id = any(email_campaigns.generation_contact_ids), false)
        and coalesce(cast(email_drafts.personalization_data ->> 'edited_in' as int), 0)
          < email_campaigns.generation)));

-- name: hold_run
-- The campaign is held until the drafts are stored, if the run is still wanted.
select is_rewriting
from email_campaigns
where id = :campaign_id and status = 'generating' and generation = :generation
for update;

-- name: is_wanted
select exists (
  select from email_campaigns where id = :campaign_id and status = 'generating' and generation = :generation);

-- name: save_drafts
-- One row per draft that was stored. One that is there already stays, it may be edited; a run that rewrites replaces
-- what earlier ones wrote, and what the old text had cost is not forgotten.
insert into email_drafts (campaign_id, contact_id, subject, body, personalization_data, generation)
select
  :campaign_id, contacts.id, written.subject, written.body, cast(written.personalization_data as jsonb), :generation
from unnest(
  cast(:contact_ids as int[]), cast(:subjects as text[]), cast(:bodies as text[]), cast(:data as text[]))
  as written (contact_id, subject, body, personalization_data)
-- Deleted while its draft was being written.
join contacts on contacts.id = written.contact_id
for key share of contacts
on conflict (campaign_id, contact_id) do update
set subject = excluded.subject, body = excluded.body, generation = excluded.generation, written_at = now(),
  exported_at = null, approved_at = null, approved_reasons = '{}',
  personalization_data = excluded.personalization_data || jsonb_build_object(
    'rewritten', true,
    'earlier_tokens', jsonb_build_object(
      'in', coalesce(cast(email_drafts.personalization_data #>> '{tokens,in}' as int), 0)
        + coalesce(cast(email_drafts.personalization_data #>> '{earlier_tokens,in}' as int), 0),
      'out', coalesce(cast(email_drafts.personalization_data #>> '{tokens,out}' as int), 0)
        + coalesce(cast(email_drafts.personalization_data #>> '{earlier_tokens,out}' as int), 0)))
where :is_rewriting and email_drafts.generation < excluded.generation
  and (
    not coalesce(email_drafts.personalization_data, '{}') @> '{"edited": true}'
    -- By name, what was edited before; who edits it after the run began wants that text.
    or (
      email_drafts.contact_id = any(cast(:named_ids as int[]))
      and coalesce(cast(email_drafts.personalization_data ->> 'edited_in' as int), 0) < excluded.generation))
returning contact_id;

-- name: count_by_source
select coalesce(personalization_data ->> 'source', 'template') as source, count(*) as drafts
from email_drafts
where campaign_id = :campaign_id
group by coalesce(personalization_data ->> 'source', 'template');

-- name: get_pace
-- What the run has written so far, and how fast of late. The first of the minute only starts the clock.
with written as (
  select
    email_drafts.written_at, email_drafts.personalization_data ->> 'source' = 'model' as is_by_model,
    coalesce(cast(email_drafts.personalization_data #>> '{tokens,in}' as int), 0) as tokens_in,
    coalesce(cast(email_drafts.personalization_data #>> '{tokens,out}' as int), 0) as tokens_out,
    min(email_drafts.written_at) filter (where email_drafts.written_at > localtimestamp - interval '1 minute')
      over () as since
  from email_drafts
  join email_campaigns
    on email_campaigns.id = email_drafts.campaign_id and email_campaigns.generation = email_drafts.generation
  where email_drafts.campaign_id = :campaign_id
)
select
  coalesce(sum(tokens_in), 0) as tokens_in, coalesce(sum(tokens_out), 0) as tokens_out,
  count(*) filter (where is_by_model) as by_model, count(*) filter (where not coalesce(is_by_model, false)) as by_template,
  count(*) filter (where written_at > since) as lately,
  cast(extract(epoch from max(written_at) - min(since)) as double precision) as seconds
from written;

-- name: list_edited
-- One row per contact whose draft a person edited: rewriting all spares it.
select contact_id
from email_drafts
where campaign_id = :campaign_id and personalization_data @> '{"edited": true}';

-- name: get_spent
-- What all drafts of the campaign took of a model, the texts they replaced included.
select
  count(*) filter (where personalization_data ? 'tokens') as requests,
  coalesce(sum(
    coalesce(cast(personalization_data #>> '{tokens,in}' as int), 0)
    + coalesce(cast(personalization_data #>> '{earlier_tokens,in}' as int), 0)), 0) as tokens_in,
  coalesce(sum(
    coalesce(cast(personalization_data #>> '{tokens,out}' as int), 0)
    + coalesce(cast(personalization_data #>> '{earlier_tokens,out}' as int), 0)), 0) as tokens_out
from email_drafts
where campaign_id = :campaign_id;

-- name: get_last_generation
-- Only what the run that the campaign is at said last.
select activity_logs.metadata
from activity_logs
join email_campaigns on email_campaigns.id = activity_logs.entity_id
where activity_logs.action = 'email_drafts_generated' and activity_logs.entity_type = 'email_campaign'
  and activity_logs.entity_id = :campaign_id
  and not email_campaigns.is_paused and email_campaigns.status <> 'generating'
  and coalesce(cast(activity_logs.metadata ->> 'generation' as int), email_campaigns.generation)
    = email_campaigns.generation
order by activity_logs.id desc
limit 1;
