-- name: get_server
-- One row: the server behind this connection, and as whom we are there. Behind a pooler `pid` is not the one that the
-- connection was told.
select
  current_setting('server_version') as version, cast(current_setting('server_version_num') as integer) as number,
  cast(current_user as text) as role, current_setting('timezone') as zone, pg_backend_pid() as pid,
  (select rolsuper from pg_roles where rolname = current_user) as is_superuser,
  has_schema_privilege(current_schema(), 'create') as may_create,
  cast(to_regclass('schema_migrations') as text) as migrations,
  (select cast(pg_get_userbyid(relowner) as text) from pg_class where oid = to_regclass('schema_migrations')) as owner,
  (select pg_has_role(relowner, 'usage') from pg_class where oid = to_regclass('schema_migrations')) as may_own;

-- name: limit_time
select set_config('statement_timeout', '10000', true);

-- name: list_migrations
select name, sha256 from schema_migrations;

-- name: get_clock
-- Seconds since 1970.
select cast(extract(epoch from clock_timestamp()) as double precision);

-- name: get_queue
-- One row: what waits to be read, since when at the longest, and what could not be read.
select
  (select count(*) from procrastinate_jobs where status = 'todo') as waiting,
  (select count(*) from procrastinate_jobs where status = 'doing') as in_hand,
  (select cast(extract(epoch from localtimestamp - min(created_at)) as double precision)
   from ocr_jobs where status = 'pending') as oldest_s,
  (select count(*) from contacts where status = 'failed') as failed;

-- name: count_silent_workers
-- Workers that ended without a word and were not yet forgotten.
select count(*)
from procrastinate_workers
where abs(extract(epoch from now() - last_heartbeat)) >= cast(:silence_s as double precision);

-- name: get_notebook_role
-- One row: whether there is the notebook's role, and whether ours may make it.
select
  cast(notebook_reader() as text) as reader,
  exists (select from pg_roles where rolname = notebook_reader()) as is_made,
  (select rolsuper or rolcreaterole from pg_roles where rolname = current_user) as may_make;
