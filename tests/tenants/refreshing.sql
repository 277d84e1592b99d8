-- What has to change in sql/refreshing.sql, and nothing else in sql/: a table is no materialised view.

-- name: refresh_upload_to_email_time
select remake_kept('upload_to_email_time_view');

-- name: refresh_first_draft_time
select remake_kept('first_draft_time_view');

-- name: refresh_processing_times
select remake_kept('processing_times_view');

-- name: refresh_funnel
select remake_kept('funnel_view');
