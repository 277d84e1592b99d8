-- What the dashboards ask.

-- How long each step took, from its beginning to its end. One row per contact and stretch (`queue` and `reading`: per
-- job of the contact's photo). `seconds` is null for what failed or is unfinished, and for what is done without usable
-- times: one is missing, or the end is before the beginning (a clock was set back).
create view processing_spans as
with spans (stretch, contact_id, event_id, captured_at, engine, began_at, ended_at, outcome) as (
  -- A job that was tried again has waited until its last start, and was read since then.
  select
    cast('queue' as text), contacts.id, contacts.event_id, contacts.created_at, contacts.ocr_raw_data ->> 'engine',
    ocr_jobs.created_at, ocr_jobs.started_at,
    case when ocr_jobs.status = 'pending' then 'unfinished' else 'done' end
  from contacts
  join ocr_jobs on ocr_jobs.contact_id = contacts.id
  union all
  select
    'reading', contacts.id, contacts.event_id, contacts.created_at, contacts.ocr_raw_data ->> 'engine',
    ocr_jobs.started_at, ocr_jobs.completed_at,
    case ocr_jobs.status when 'completed' then 'done' when 'failed' then 'failed' else 'unfinished' end
  from contacts
  join ocr_jobs on ocr_jobs.contact_id = contacts.id
  union all
  -- Only of those whom a person had to look at, or did all the same.
  select
    'review', id, event_id, created_at, ocr_raw_data ->> 'engine', processed_at, reviewed_at,
    case
      when reviewed_at is not null or status = 'user_verified' then 'done'
      when status = 'failed' then 'failed'
      else 'unfinished'
    end
  from contacts
  where reviewed_at is not null or status in ('user_verified', 'failed', 'pending_review')
  union all
  -- What the reader accepted was a contact then, whenever a person looked at it later.
  select
    'contact', id, event_id, created_at, ocr_raw_data ->> 'engine', created_at,
    case
      when status = 'completed' or status = 'user_verified' and ocr_raw_data ->> 'status' = 'completed'
        then processed_at
      when status = 'user_verified' then reviewed_at
    end,
    case when status in ('completed', 'user_verified') then 'done' when status = 'failed' then 'failed'
      else 'unfinished' end
  from contacts
  union all
  select
    'draft', contacts.id, contacts.event_id, contacts.created_at, contacts.ocr_raw_data ->> 'engine',
    contacts.created_at, min(email_drafts.created_at),
    case when count(email_drafts.contact_id) > 0 then 'done' when contacts.status = 'failed' then 'failed'
      else 'unfinished' end
  from contacts
  left join email_drafts on email_drafts.contact_id = contacts.id
  group by contacts.id
  union all
  select
    'export', contacts.id, contacts.event_id, contacts.created_at, contacts.ocr_raw_data ->> 'engine',
    contacts.created_at, min(email_drafts.exported_at),
    case when count(email_drafts.exported_at) > 0 then 'done' when contacts.status = 'failed' then 'failed'
      else 'unfinished' end
  from contacts
  left join email_drafts on email_drafts.contact_id = contacts.id
  group by contacts.id
)
select
  stretch, contact_id, event_id, captured_at, engine, began_at, ended_at, outcome,
  case
    -- Not `extract`: it reckons in decimal fractions, which takes several times as long.
    when outcome = 'done' and ended_at >= began_at then date_part('epoch', ended_at - began_at)
  end as seconds
from spans;

-- A moment (UTC, as the schema keeps them) as a day of somebody in `zone`.
create function day_in(zone text, moment timestamp) returns date
language sql stable parallel safe
return cast((moment at time zone 'UTC') at time zone zone as date);

-- The moment (UTC) at which a day of somebody in `zone` begins. Reckoned from an hour before, for where clocks go back
-- at one in the morning a day has two midnights, and begins with the first.
create function midnight_in(zone text, day date) returns timestamp
language sql stable parallel safe
return ((cast(day as timestamp) - interval '1 hour') at time zone zone) at time zone 'UTC' + interval '1 hour';

-- What is asked of a period or of an event is read from these alone. The first two take the place of two that knew only
-- those whose card was read, and the third of one without times.
create index idx_contacts_captured on contacts (created_at) include (id, event_id, status, processed_at, reviewed_at);
create index idx_contacts_event_captured on contacts (event_id, created_at)
  include (id, status, processed_at, reviewed_at);
drop index idx_contacts_day_times, idx_contacts_event_times;
create index idx_email_drafts_contact_times on email_drafts (contact_id) include (created_at, exported_at);
drop index idx_email_drafts_contact_id;
create index idx_ocr_jobs_contact_times on ocr_jobs (contact_id) include (status, created_at, started_at, completed_at);
drop index idx_ocr_jobs_day_times;

-- The schema document's third figure joins every membership with its contact and its campaigns: most of a second with a
-- million contacts, as does the honest one beside it. Here are their results, of the queries as they stand in
-- sql/dashboard, without any limits; a worker makes them anew when something has changed.
create materialized view upload_to_email_time_view as
-- Time from upload to email generation
SELECT AVG(ec.generated_at - c.created_at) as upload_to_email_time
FROM contacts c
JOIN lead_group_contacts lgc ON c.id = lgc.contact_id
JOIN email_campaigns ec ON lgc.lead_group_id = ec.lead_group_id
WHERE ec.generated_at IS NOT NULL;
-- Without one a view cannot be made anew while it is read.
create unique index idx_upload_to_email_time_view on upload_to_email_time_view (upload_to_email_time);

create materialized view first_draft_time_view as
with first_drafts as (
  select
    contacts.status,
    cast(extract(epoch from min(email_drafts.created_at) - contacts.created_at) as double precision) as seconds
  from contacts
  left join email_drafts on email_drafts.contact_id = contacts.id
  where (cast(null as timestamp) is null or contacts.created_at >= cast(null as timestamp))
    and (cast(null as timestamp) is null or contacts.created_at < cast(null as timestamp))
    and (cast(null as integer) is null or contacts.event_id = cast(null as integer))
  group by contacts.id
)
select
  percentile_cont(0.5) within group (order by seconds) filter (where seconds >= 0) as median_seconds,
  percentile_cont(0.95) within group (order by seconds) filter (where seconds >= 0) as p95_seconds,
  max(seconds) filter (where seconds >= 0) as max_seconds,
  count(*) filter (where seconds >= 0) as n,
  count(*) filter (where seconds is null and status not in ('failed', 'processing')) as without_draft,
  count(*) filter (where seconds < 0) as unusable
from first_drafts;
create unique index idx_first_draft_time_view on first_draft_time_view (n, without_draft, unusable);

-- Of all times these two read every contact, job and draft: seconds, where of a period they take little.
create materialized view processing_times_view as
with stretches (stretch, place) as (
  values ('queue', 1), ('reading', 2), ('review', 3), ('contact', 4), ('draft', 5), ('export', 6)
)
select
  stretches.stretch,
  times.n,
  times.unfinished,
  times.excluded,
  times.median_seconds,
  times.p90_seconds,
  times.p95_seconds,
  times.max_seconds,
  times.failed
from stretches
cross join lateral (
  select
    count(seconds) as n,
    count(*) filter (where outcome = 'unfinished') as unfinished,
    count(*) filter (where outcome = 'done' and seconds is null) as excluded,
    percentile_cont(0.5) within group (order by seconds) as median_seconds,
    percentile_cont(0.9) within group (order by seconds) as p90_seconds,
    percentile_cont(0.95) within group (order by seconds) as p95_seconds,
    max(seconds) as max_seconds,
    count(*) filter (where outcome = 'failed') as failed
  from processing_spans
  where stretch = stretches.stretch
    and (cast(null as timestamp) is null or captured_at >= cast(null as timestamp))
    and (cast(null as timestamp) is null or captured_at < cast(null as timestamp))
    and (cast(null as integer) is null or event_id = cast(null as integer))
) as times
order by stretches.place;
create unique index idx_processing_times_view on processing_times_view (stretch);

create materialized view funnel_view as
with steps (step, place) as (
  values ('captured', 1), ('read', 2), ('known', 3), ('grouped', 4), ('drafted', 5), ('exported', 6)
),
captured as (
  select
    max(case
      when email_drafts.exported_at is not null then 6
      when email_drafts.contact_id is not null then 5
      when lead_group_contacts.contact_id is not null then 4
      when contacts.status in ('completed', 'user_verified') then 3
      when contacts.status = 'pending_review' then 2
      else 1
    end) as place
  from contacts
  left join lead_group_contacts on lead_group_contacts.contact_id = contacts.id
  left join email_drafts on email_drafts.contact_id = contacts.id
  where (cast(null as timestamp) is null or contacts.created_at >= cast(null as timestamp))
    and (cast(null as timestamp) is null or contacts.created_at < cast(null as timestamp))
    and (cast(null as integer) is null or contacts.event_id = cast(null as integer))
  group by contacts.id
),
furthest as (
  select place, count(*) as contacts from captured group by place
)
select steps.step, cast(coalesce(sum(furthest.contacts), 0) as bigint) as contacts
from steps
left join furthest on furthest.place >= steps.place
group by steps.step, steps.place
order by steps.place;
create unique index idx_funnel_view on funnel_view (step);

-- One row per such view: how things stood when it was made, how long it took, and the number of changes to its tables
-- that the server had counted by then.
create table dashboard_views (
  name text primary key,
  as_of timestamp not null,
  seconds double precision not null,
  changes bigint not null
);
insert into dashboard_views (name, as_of, seconds, changes)
values
  ('upload_to_email_time', localtimestamp, 0, -1),
  ('first_draft_time', localtimestamp, 0, -1),
  ('processing_times', localtimestamp, 0, -1),
  ('funnel', localtimestamp, 0, -1);
