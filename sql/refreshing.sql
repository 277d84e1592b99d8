-- name: get_view
-- When a view was made and how long that took; no row where the query has none.
select as_of, seconds from dashboard_views where name = :name;

-- name: lock_changed_view
-- The view's row where it is to be made anew: it is older than :seconds, and than fifty times what making it takes, so
-- that this costs a fiftieth of a core at most; and its tables were written to since. Or, :always, for somebody who
-- waits: what took less than five seconds. No row while somebody else makes it anew. A server that crashed counts from
-- nothing again, and a clock that was set back leaves a view of tomorrow: both are reasons too.
select dashboard_views.name, counted.changes
from dashboard_views
cross join (
  select cast(coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) as bigint) as changes
  from pg_stat_user_tables
  where schemaname = current_schema()
    and relname in ('contacts', 'ocr_jobs', 'lead_group_contacts', 'email_campaigns', 'email_drafts')
) as counted
where dashboard_views.name = :name
  and (
    cast(:always as boolean) and dashboard_views.seconds < 5
    or not cast(:always as boolean)
    and dashboard_views.changes <> counted.changes
    and extract(epoch from localtimestamp - dashboard_views.as_of)
      not between 0 and greatest(:seconds, dashboard_views.seconds / 0.02)
  )
for update of dashboard_views skip locked;

-- name: hasten_refresh
-- For this transaction; as the page asks: compiling takes longer than it saves, and percentiles are sorted in memory.
select set_config('jit', 'off', true), set_config('work_mem', '64MB', true);

-- name: refresh_upload_to_email_time
refresh materialized view concurrently upload_to_email_time_view;

-- name: refresh_first_draft_time
refresh materialized view concurrently first_draft_time_view;

-- name: refresh_processing_times
refresh materialized view concurrently processing_times_view;

-- name: refresh_funnel
refresh materialized view concurrently funnel_view;

-- name: note_refresh
update dashboard_views
set as_of = localtimestamp, changes = :changes, seconds = :seconds
where name = :name;

-- name: upload_to_email_time
-- What the query of the same name gave when the view was made.
select upload_to_email_time from upload_to_email_time_view;

-- name: first_draft_time
-- As above; of all contacts, whenever they were captured.
select median_seconds, p95_seconds, max_seconds, n, without_draft, unusable from first_draft_time_view;

-- name: processing_times
select stretch, n, unfinished, excluded, median_seconds, p90_seconds, p95_seconds, max_seconds, failed
from processing_times_view
order by array_position(array['queue', 'reading', 'review', 'contact', 'draft', 'export'], stretch);

-- name: funnel
select step, contacts
from funnel_view
order by array_position(array['captured', 'read', 'known', 'grouped', 'drafted', 'exported'], step);
