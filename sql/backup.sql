-- name: read_as_written
-- For this transaction: values as every server reads them, no time limit of the server's, and no row that a policy hides
-- left out in silence.
select
  set_config('datestyle', 'ISO, YMD', true), set_config('intervalstyle', 'postgres', true),
  set_config('timezone', 'UTC', true), set_config('extra_float_digits', '1', true),
  set_config('bytea_output', 'hex', true), set_config('row_security', 'off', true),
  set_config('statement_timeout', '0', true), set_config('lock_timeout', '0', true),
  set_config('idle_in_transaction_session_timeout', '0', true), set_config('synchronize_seqscans', 'off', true);

-- name: list_tables
-- One row per table of ours, by name, with the columns that can be written.
select
  tables.relname as name,
  (
    select array_agg(cast(attname as text) order by attnum)
    from pg_attribute
    where attrelid = tables.oid and attnum > 0 and not attisdropped and attgenerated = ''
  ) as columns
from pg_class as tables
where tables.relnamespace = cast(current_schema() as regnamespace) and tables.relkind in ('r', 'p')
  and not exists (select from pg_depend where objid = tables.oid and deptype = 'e')
order by tables.relname collate "C";

-- name: list_counters
-- One row per column that counts by itself.
select tables.relname as table_name, pg_attribute.attname as column_name,
  pg_get_serial_sequence(quote_ident(tables.relname), pg_attribute.attname) as sequence
from pg_class as tables
join pg_attribute on pg_attribute.attrelid = tables.oid
where tables.relnamespace = cast(current_schema() as regnamespace) and tables.relkind = 'r'
  and pg_attribute.attnum > 0 and not pg_attribute.attisdropped
  and pg_get_serial_sequence(quote_ident(tables.relname), pg_attribute.attname) is not null
order by tables.relname, pg_attribute.attname;

-- name: list_migrations
select name, sha256 from schema_migrations order by name collate "C";

-- name: get_room_taken
-- Bytes of our tables without their indexes: more than their rows take in a backup.
select cast(coalesce(sum(pg_table_size(oid)), 0) as bigint)
from pg_class
where relnamespace = cast(current_schema() as regnamespace) and relkind = 'r';

-- name: get_server_version
select current_setting('server_version');

-- name: get_check_value
-- Tells the key of the opt-out list; no row where nobody is on it.
select encode(check_value, 'hex') from suppression_key_checks where exists (select from suppressions);

-- name: list_pictures
-- One row per image or exported file that somebody can still see, by its key.
with addresses as (
  select unnest(images_of(business_card_url, back_image_url, more_image_urls)) as url from contacts
  union all
  select url from email_exports where url is not null
  union all
  select images.url #>> '{}'
  from undo_rows
  cross join lateral (
    select undo_rows.before -> 'business_card_url' as url
    union all
    select undo_rows.before -> 'back_image_url'
    union all
    select jsonb_path_query(undo_rows.before, 'strict $.more_image_urls[0 to last]', silent => true)
  ) as images
  where undo_rows.table_name = 'contacts' and undo_rows.before is not null
)
select key
from (
  select distinct substring(url from '((cards/[0-9]+|exports)/[0-9a-f]{32}\.[a-z0-9]{1,5})$') as key from addresses
) as keys
where key is not null
order by key collate "C";

-- name: mark_place
-- Until the transaction ends it can be told whether somebody else is in the same database.
select pg_advisory_xact_lock(:mark);

-- name: is_same_place
select not pg_try_advisory_xact_lock(:mark);

-- name: note_pictures
-- Before they are stored: what is never shown in the end, because nobody goes on with it, is swept after a day.
insert into loose_images (url, sweep_from)
select unnest(cast(:urls as text[])), localtimestamp + interval '1 day'
on conflict (url) do update set sweep_from = greatest(loose_images.sweep_from, excluded.sweep_from);

-- name: add_backup
insert into backups (is_scheduled, host, folder)
values (:is_scheduled, :host, :folder)
on conflict (is_scheduled) where is_scheduled and finished_at is null do nothing
returning id;

-- name: is_backup_due
-- Whether a scheduled backup is to begin now, so many seconds after the last good one began. After a failure it is tried
-- again in an hour; at once where only the program was ended, but not a third time within the hour.
select not exists (
  select from backups
  where is_scheduled and started_at <= localtimestamp and (
    finished_at is null
    or error is null and started_at > localtimestamp - make_interval(secs => cast(:every_s as double precision))
    or error is not null and error <> :given_up
      and started_at > localtimestamp - make_interval(secs => least(3600, cast(:every_s as double precision)))
  )
) and (
  select count(*) < 2 from backups
  where is_scheduled and error = :given_up and started_at > localtimestamp - interval '1 hour'
);

-- name: give_up_backups
-- Those that nobody is making any more: their program was ended, or its machine. A time that is to come is a
-- dead one's where the clock was set back.
update backups
set finished_at = localtimestamp, error = :given_up
where finished_at is null
  and seen_at not between localtimestamp - make_interval(secs => :silence_s) and localtimestamp + interval '1 minute'
returning id;

-- name: see_backup
-- Its row while it is still to be made; none when others gave it up.
update backups set seen_at = localtimestamp where id = :backup_id and finished_at is null returning id;

-- name: finish_backup
update backups
set finished_at = localtimestamp, file_name = :file_name, bytes = :bytes, sha256 = :sha256, contacts = :contacts,
  images = :images, missing = :missing, error = :error
where id = :backup_id and finished_at is null
returning id;

-- name: list_good_scheduled
-- Those of one folder whose file was not deleted, newest first.
select id, file_name
from backups
where is_scheduled and error is null and file_name is not null and deleted_at is null
  and host = :host and folder = :folder
order by started_at desc, id desc;

-- name: note_deleted_backup
update backups set deleted_at = localtimestamp where id = :backup_id;

-- name: get_last_backups
-- One row: the newest good backup that is still there, and where and why the newest one that is over failed, if it did
-- and was scheduled: who makes one by hand is told there and then.
select
  good.finished_at, good.bytes, good.host, good.folder, good.file_name, good.missing,
  cast(extract(epoch from localtimestamp - good.finished_at) as double precision) as seconds_ago,
  newest.error, newest.host as failed_host, newest.folder as failed_folder
from (select 1) as one
left join lateral (
  select finished_at, bytes, host, folder, file_name, missing
  from backups
  where error is null and finished_at is not null and deleted_at is null
  order by finished_at desc, id desc
  limit 1
) as good on true
left join lateral (
  select is_scheduled, error, host, folder
  from backups
  where finished_at is not null
  order by finished_at desc, id desc
  limit 1
) as newest on newest.is_scheduled and newest.error is not null;

-- name: hold_pictures
-- Those that an earlier attempt noted and stored: they are not swept before this one is over.
update loose_images
set sweep_from = greatest(sweep_from, localtimestamp + interval '1 day')
where url = any(cast(:urls as text[]));
