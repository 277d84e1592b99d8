-- name: count_contacts
select count(*) from contacts;

-- name: count_crowd_events
-- The crowd is known by the metadata of the activity that made it.
select count(*)
from activity_logs
where action = 'event_created' and metadata @> '{"demo": true, "crowd": true}'
  and exists (select from events where events.id = activity_logs.entity_id);

-- name: make_words
-- What people are made of: by kind, numbered from 0.
create temporary table crowd_words (
  kind text not null,
  place integer not null,
  word text not null,
  slug text,
  letters text[],
  slug_letters text[],
  reasons text[]
) on commit drop;

-- name: prepare_words
-- What the triggers of contacts would look for in each name is looked for once a word. All words are of plain letters;
-- a company's are looked for in its address too.
update crowd_words
set slug = regexp_replace(lower(word), '[^a-z]', '', 'g'),
  letters = coalesce(rare_letters(searchable(word)), '{}'),
  slug_letters = coalesce(rare_letters(
    regexp_replace(lower(word), '[^a-z]', '', 'g') || case when kind = 'company' then '.example' else '' end), '{}'),
  reasons = case when kind = 'doubt' then findable_reasons(jsonb_build_object('reasons', cast(word as jsonb))) end;

-- name: make_events
create temporary table crowd_events (
  id integer not null default nextval(pg_get_serial_sequence('events', 'id')),
  number integer not null,
  name text not null,
  opens_at timestamp not null,
  cards integer not null,
  before integer not null
) on commit drop;

-- name: make_cards
-- One row per card in the order in which they were captured, with its person, its times and how its reading went.
create temporary table crowd_cards on commit drop as
with seeded as materialized (
  select setseed(0.7),
    nextval(pg_get_serial_sequence('contacts', 'id')) as first_contact_id,
    nextval(pg_get_serial_sequence('ocr_jobs', 'id')) as first_job_id
),
drawn as materialized (
  select
    crowd_events.id as event_id, crowd_events.number, crowd_events.cards,
    crowd_events.before + place as position,
    seeded.first_contact_id + crowd_events.before + place as contact_id,
    seeded.first_job_id + crowd_events.before + place as job_id,
    -- Three days of nine hours, evenly; photos come in handfuls.
    crowd_events.opens_at + make_interval(
      days => place / (crowd_events.cards / 3 + 1),
      secs => (place % (crowd_events.cards / 3 + 1)) / (crowd_events.cards / 3 + 1.0) * 32400 + random()) as created_at,
    random() as chance, random() as other_chance, random() as which,
    -ln(1 - random()) as wait, sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()) as normal,
    sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()) as other_normal,
    random() as sure, power(random(), 2) as first_draw, power(random(), 2) as last_draw,
    power(random(), 2) as company_draw
  from seeded
  cross join crowd_events
  cross join lateral generate_series(0, crowd_events.cards - 1) as place
),
timed as (
  select
    event_id, number, position, contact_id, job_id, chance, other_chance, which, other_normal, sure,
    first_draw, last_draw, company_draw, created_at,
    -- One in fifty waits behind others.
    created_at + make_interval(secs => wait * case when other_chance < 0.02 then 240 else 5 end) as started_at,
    exp(0.75 + 0.45 * normal) as reading_seconds
  from drawn
),
read as (
  select
    event_id, number, position, contact_id, job_id, which, sure, first_draw, last_draw, company_draw, created_at,
    started_at, reading_seconds, other_chance,
    started_at + make_interval(secs => reading_seconds) as processed_at,
    case
      when chance < 0.03 then 'failed'
      when chance < 0.18 then 'pending_review'
      when chance < 0.38 then 'completed'
      when started_at + make_interval(secs => exp(10 + 1.2 * other_normal)) > cast(:now as timestamp)
        then 'pending_review'
      else 'user_verified'
    end as status,
    started_at + make_interval(secs => 60 + exp(10 + 1.2 * other_normal)) as verified_at
  from timed
),
judged as (
  select
    event_id, number, position, contact_id, job_id, which, sure, first_draw, last_draw, company_draw, created_at,
    started_at, reading_seconds, processed_at, status,
    case when status = 'user_verified' then verified_at end as reviewed_at,
    -- Some that the reader accepted a person verified all the same.
    status = 'completed' or status = 'user_verified' and other_chance > 0.8 as is_accepted
  from read
)
select
  judged.event_id, judged.number, judged.position, judged.contact_id, judged.job_id, judged.created_at,
  judged.started_at, judged.reading_seconds, judged.processed_at, judged.status, judged.reviewed_at,
  judged.is_accepted, judged.which,
  first.word || ' ' || last.word as full_name,
  case when judged.position % 15 > 0 then
    first.slug || '.' || last.slug || judged.position % 997 || '@' || company.slug || '.example' end as email,
  company.word as company,
  title.word as title,
  '+4930' || 23125000 + judged.position as phone,
  first.letters || last.letters || company.letters || case when judged.position % 15 > 0
    then first.slug_letters || last.slug_letters || company.slug_letters else '{}' end as rare_letters,
  case when judged.is_accepted then 0.88 + 0.11 * judged.sure else 0.38 + 0.24 * (judged.sure + judged.which) end
    as confidence,
  case
    when judged.status = 'user_verified' and judged.is_accepted and judged.which < 0.02 then 'company'
    when judged.status = 'user_verified' and judged.is_accepted and judged.which < 0.03 then 'full_name'
    when judged.status <> 'user_verified' or judged.is_accepted then null
    when judged.which < 0.08 then 'full_name'
    when judged.which < 0.2 and judged.position % 15 > 0 then 'email'
    when judged.which < 0.3 then 'company'
  end as misread,
  case when not judged.is_accepted and judged.status <> 'failed' then doubt.word end as doubts,
  case when not judged.is_accepted and judged.status <> 'failed' then doubt.reasons end as reasons
from judged
cross join (
  select
    count(*) filter (where kind = 'first') as firsts, count(*) filter (where kind = 'last') as lasts,
    count(*) filter (where kind = 'company') as companies, count(*) filter (where kind = 'title') as titles,
    count(*) filter (where kind = 'doubt') as doubts
  from crowd_words
) as words
join crowd_words as first
  on first.kind = 'first' and first.place = cast(floor(judged.first_draw * words.firsts) as integer)
join crowd_words as last on last.kind = 'last' and last.place = cast(floor(judged.last_draw * words.lasts) as integer)
join crowd_words as company
  on company.kind = 'company' and company.place = cast(floor(judged.company_draw * words.companies) as integer)
join crowd_words as title on title.kind = 'title' and title.place = judged.position % words.titles
join crowd_words as doubt on doubt.kind = 'doubt' and doubt.place = judged.position % words.doubts;

-- name: add_events
insert into events (id, name, date, location, industry, description, created_at, updated_at)
select
  id, name, cast(opens_at as date), split_part(name, ' ', 1), 'Fairs', 'Made-up event of the sample data.',
  opens_at - interval '2 days', opens_at - interval '2 days'
from crowd_events;

-- name: add_contacts
-- With what the triggers of contacts would fill in. What the reader stored is as short as pages can still show it; put
-- together as text, which takes a third of the time.
with readings as (
  select
    contact_id, event_id, position, status, created_at, processed_at, reviewed_at, full_name, email, company, title,
    phone, confidence, rare_letters, doubts, reasons, is_accepted, misread,
    to_json(case when misread = 'full_name' then replace(replace(full_name, 'a', 'o'), 'n', 'm') || 'i'
      else full_name end) as read_name,
    to_json(case when misread = 'email' then replace(email, '.example', '.exarnple') else email end) as read_email,
    to_json(case when misread = 'company' then split_part(company, ' ', 1) else company end) as read_company,
    round(cast(reading_seconds as numeric), 3) as seconds,
    round(cast(confidence as numeric), 3) as doubted,
    least(round(cast(confidence as numeric) + 0.1, 3), 0.99) as trusted,
    ', "box": [[0, 0], [9, 9]], "lines": [], "evidence": []}' as nowhere
  from crowd_cards
)
insert into contacts (
  id, event_id, full_name, email, company, title, phone, ocr_confidence, ocr_raw_data, status, processed_at, reviewed_at,
  created_at, updated_at, search_text, rare_letters, reasons
)
select
  contact_id, event_id,
  case when status = 'failed' then 'IMG_' || lpad(cast(position as text), 7, '0') || '.jpg' else full_name end,
  case when status <> 'failed' then email end,
  case when status <> 'failed' then company end,
  case when status <> 'failed' then title end,
  case when status <> 'failed' then phone end,
  case when status <> 'failed' then confidence end,
  case when status <> 'failed' then cast(
    '{"engine": "' || case when position % 10 = 0 then 'easyocr' else 'rapidocr' end
    || '", "version": "sample", "lines": [], "extra": {"sample": true}, "seconds": ' || seconds
    || ', "status": "' || case when is_accepted then 'completed' else 'pending_review' end
    || '", "confidence": ' || doubted || ', "reasons": ' || coalesce(doubts, '[]')
    || ', "fields": {"full_name": {"value": ' || read_name
    || ', "confidence": ' || case misread when 'full_name' then doubted else trusted end || nowhere
    || case when email is null then '' else ', "email": {"value": ' || read_email
      || ', "confidence": ' || case misread when 'email' then doubted else trusted end || nowhere end
    || ', "company": {"value": ' || read_company
    || ', "confidence": ' || case misread when 'company' then doubted else trusted end || nowhere || '}}'
    as jsonb) end,
  status, processed_at, reviewed_at, created_at, coalesce(reviewed_at, processed_at),
  case when status = 'failed' then 'img_' || lpad(cast(position as text), 7, '0') || '.jpg'
    else lower(concat_ws(' ', full_name, company, email)) end,
  case when status = 'failed' then rare_letters('img_.jpg') else nullif(rare_letters, '{}') end,
  reasons
from readings
order by contact_id;

-- name: add_jobs
insert into ocr_jobs (id, contact_id, status, error_message, started_at, completed_at, created_at, attempts, photo_name)
select
  job_id, contact_id, case when status = 'failed' then 'failed' else 'completed' end,
  case when status = 'failed' then 'No text was found on this photo.' end, started_at, processed_at, created_at, 1,
  'IMG_' || lpad(cast(position as text), 7, '0') || '.jpg'
from crowd_cards;

-- name: make_groups
-- Two groups an event: all who are known, and nearly half of them; each with its campaign a week after the event.
create temporary table crowd_groups on commit drop as
select
  nextval(pg_get_serial_sequence('lead_groups', 'id')) as id,
  crowd_events.id as event_id,
  kinds.kind,
  kinds.word || crowd_events.name as name,
  kinds.campaign || crowd_events.name as campaign,
  crowd_events.opens_at + interval '1 day' as made_at,
  crowd_events.opens_at + make_interval(days => 6 + kinds.kind) as generated_at,
  crowd_events.opens_at + make_interval(days => 6 + kinds.kind, hours => 3 + crowd_events.number % 40) as exported_at,
  kinds.kind = 1 or crowd_events.number % 4 > 0 as has_campaign
from crowd_events
cross join (values (1, 'Everybody from ', 'After '), (2, 'To call from ', 'Again: ')) as kinds (kind, word, campaign);

-- name: add_groups
insert into lead_groups (id, name, description, created_at, updated_at)
select id, name, 'Made-up group of the sample data.', made_at, made_at from crowd_groups;

-- name: make_memberships
-- One row per group and contact who is known by now.
create temporary table crowd_members on commit drop as
select
  crowd_groups.id as group_id, crowd_cards.contact_id, crowd_cards.position, crowd_cards.full_name, crowd_cards.email,
  crowd_cards.which,
  least(coalesce(crowd_cards.reviewed_at, crowd_cards.processed_at) + interval '1 hour', cast(:now as timestamp))
    as added_at
from crowd_cards
join crowd_groups on crowd_groups.event_id = crowd_cards.event_id
where crowd_cards.status in ('completed', 'user_verified')
  and (crowd_groups.kind = 1 or crowd_cards.position % 100 < 46);

-- name: add_memberships
insert into lead_group_contacts (lead_group_id, contact_id, added_at)
select group_id, contact_id, added_at from crowd_members order by group_id, contact_id;

-- name: add_template
insert into email_templates (name, subject, body, variables)
values ('After the fair (crowd, sample)', 'Good to meet you at {{eventName}}',
  'Hello {{firstName}}, it was good to meet you. Shall we speak next week?', '{firstName,eventName}');

-- name: make_campaigns
create temporary table crowd_campaigns on commit drop as
select
  nextval(pg_get_serial_sequence('email_campaigns', 'id')) as id,
  crowd_groups.id as group_id, crowd_groups.campaign, crowd_groups.name as group_name, crowd_groups.generated_at,
  case when crowd_groups.exported_at < cast(:now as timestamp) then crowd_groups.exported_at end as exported_at,
  email_templates.id as template_id, email_templates.name as template_name, email_templates.subject,
  email_templates.body
from crowd_groups
cross join email_templates
where crowd_groups.has_campaign and crowd_groups.generated_at < cast(:now as timestamp)
  and email_templates.id = currval(pg_get_serial_sequence('email_templates', 'id'));

-- name: add_campaigns
insert into email_campaigns (
  id, lead_group_id, template_id, name, status, generated_at, exported_at, export_count, created_at, lead_group_name,
  template_name, template_subject, template_body
)
select
  id, group_id, template_id, campaign, case when exported_at is null then 'ready' else 'exported' end, generated_at,
  exported_at, case when exported_at is null then 0 else 1 end, generated_at - interval '10 minutes', group_name,
  template_name, subject, body
from crowd_campaigns;

-- name: add_drafts
-- To everybody with an address who was in the group when they were written; some by a model, some edited.
insert into email_drafts (
  campaign_id, contact_id, subject, body, personalization_data, exported_at, approved_at, created_at
)
select
  crowd_campaigns.id, crowd_members.contact_id, 'Good to meet you',
  'Hello ' || crowd_members.full_name || ', it was good to meet you. Shall we speak next week?',
  case
    when crowd_members.which < 0.03
      then cast('{"source": "template", "missing": [], "flags": ["Names a price that nobody gave."]}' as jsonb)
    when crowd_members.which < 0.3
      then cast('{"source": "model", "model": "sample", "flags": [], "tokens": {"in": 412, "out": 96}}' as jsonb)
    when crowd_members.which < 0.36
      then cast('{"source": "template", "missing": [], "flags": [], "edited": true}' as jsonb)
    else cast('{"source": "template", "missing": [], "flags": []}' as jsonb)
  end,
  crowd_campaigns.exported_at,
  case when crowd_campaigns.exported_at is not null and crowd_members.which > 0.5
    then crowd_campaigns.generated_at + interval '1 hour' end,
  crowd_campaigns.generated_at + make_interval(secs => crowd_members.position % 600)
from crowd_campaigns
join crowd_members on crowd_members.group_id = crowd_campaigns.group_id
where crowd_members.email is not null and crowd_members.added_at < crowd_campaigns.generated_at;

-- name: add_card_activity
insert into activity_logs (action, entity_type, entity_id, metadata, created_at)
select 'contact_uploaded', 'contact', contact_id,
  jsonb_build_object('photo', 'IMG_' || lpad(cast(position as text), 7, '0') || '.jpg', 'event_id', event_id),
  created_at
from crowd_cards
union all
select 'contact_processed', 'contact', contact_id,
  jsonb_build_object(
    'status', case when status = 'failed' then 'failed' when is_accepted then 'completed' else 'pending_review' end,
    'engine', case when position % 10 = 0 then 'easyocr' else 'rapidocr' end, 'job_id', job_id),
  processed_at
from crowd_cards
union all
select 'contact_verified', 'contact', contact_id, '{}', reviewed_at
from crowd_cards
where reviewed_at is not null;

-- name: add_corrections
-- What a person put right, as the product would have logged it.
insert into activity_logs (action, entity_type, entity_id, metadata, created_at)
select
  'contact_reviewed', 'contact', crowd_cards.contact_id,
  jsonb_build_object(
    'status', case when crowd_cards.is_accepted then 'completed' else 'pending_review' end,
    'was_accepted', crowd_cards.is_accepted,
    'corrections', jsonb_build_array(jsonb_build_object(
      'field', crowd_cards.misread,
      'read', contacts.ocr_raw_data #> array['fields', crowd_cards.misread, 'value'],
      'confidence', contacts.ocr_raw_data #> array['fields', crowd_cards.misread, 'confidence'],
      'before', contacts.ocr_raw_data #> array['fields', crowd_cards.misread, 'value'],
      'after', to_jsonb(case crowd_cards.misread when 'full_name' then crowd_cards.full_name
        when 'email' then crowd_cards.email else crowd_cards.company end),
      'engine', contacts.ocr_raw_data -> 'engine'))),
  crowd_cards.reviewed_at
from crowd_cards
join contacts on contacts.id = crowd_cards.contact_id
where crowd_cards.misread is not null;

-- name: add_other_activity
-- The marks by which the crowd is known are among it.
insert into activity_logs (action, entity_type, entity_id, metadata, created_at)
select 'event_created', 'event', id, cast('{"demo": true, "crowd": true}' as jsonb), opens_at - interval '2 days'
from crowd_events
union all
select 'lead_group_created', 'lead_group', id, '{"demo": true, "crowd": true}', made_at
from crowd_groups
union all
select 'contacts_added_to_group', 'lead_group', group_id, jsonb_build_object('count', count(contact_id)), max(added_at)
from crowd_members
group by group_id
union all
select 'email_campaign_created', 'email_campaign', id,
  jsonb_build_object('demo', true, 'crowd', true, 'template_id', template_id), generated_at - interval '10 minutes'
from crowd_campaigns
union all
select 'email_drafts_generated', 'email_campaign', crowd_campaigns.id,
  jsonb_build_object('drafts', count(email_drafts.id)), crowd_campaigns.generated_at
from crowd_campaigns
join email_drafts on email_drafts.campaign_id = crowd_campaigns.id
group by crowd_campaigns.id, crowd_campaigns.generated_at
union all
select 'email_campaign_exported', 'email_campaign', crowd_campaigns.id,
  jsonb_build_object('rows', count(email_drafts.id)), crowd_campaigns.exported_at
from crowd_campaigns
join email_drafts on email_drafts.campaign_id = crowd_campaigns.id
where crowd_campaigns.exported_at is not null
group by crowd_campaigns.id, crowd_campaigns.exported_at;

-- name: move_sequences
select
  setval(pg_get_serial_sequence('contacts', 'id'), max(contact_id)),
  setval(pg_get_serial_sequence('ocr_jobs', 'id'), max(job_id))
from crowd_cards;

-- name: find_crowd
-- One row per event, group, campaign and template of the crowd, and per contact of its events.
create temporary table crowd on commit drop as
with made as (
  select entity_type, entity_id, cast(metadata ->> 'template_id' as integer) as template_id
  from activity_logs
  where action in ('event_created', 'lead_group_created', 'email_campaign_created')
    and metadata @> '{"demo": true, "crowd": true}'
)
select cast(entity_type as text) as kind, entity_id as id from made
union
select 'template', template_id from made where template_id is not null
union
select 'contact', contacts.id
from contacts
join made on made.entity_type = 'event' and made.entity_id = contacts.event_id;

-- name: delete_drafts
delete from email_drafts
using crowd
where crowd.kind = 'contact' and email_drafts.contact_id = crowd.id;

-- name: delete_memberships
delete from lead_group_contacts
using crowd
where crowd.kind = 'contact' and lead_group_contacts.contact_id = crowd.id;

-- name: delete_jobs
delete from ocr_jobs
using crowd
where crowd.kind = 'contact' and ocr_jobs.contact_id = crowd.id;

-- name: delete_contacts
delete from contacts
using crowd
where crowd.kind = 'contact' and contacts.id = crowd.id;

-- name: delete_campaigns
delete from email_campaigns using crowd where crowd.kind = 'email_campaign' and email_campaigns.id = crowd.id;

-- name: delete_templates
delete from email_templates using crowd where crowd.kind = 'template' and email_templates.id = crowd.id;

-- name: delete_groups
delete from lead_groups using crowd where crowd.kind = 'lead_group' and lead_groups.id = crowd.id;

-- name: delete_events
delete from events using crowd where crowd.kind = 'event' and events.id = crowd.id;

-- name: delete_activity
delete from activity_logs using crowd where activity_logs.entity_type = crowd.kind and activity_logs.entity_id = crowd.id;
