-- name: get_reader_state
-- One row: the reader's name, the role we work as, and whether the reader is there. A pooler may want names longer.
select
  notebook_reader() as reader,
  cast(current_user as text) as owner,
  exists (select from pg_roles where rolname = notebook_reader()) as is_made;

-- name: lock_schema
-- Nobody migrates meanwhile, and nobody else makes the reader.
select pg_advisory_xact_lock(:lock);

-- name: make_reader
-- Needs CREATEROLE. :verifier is a SCRAM verifier, null to leave the password alone.
select make_notebook_reader(:verifier);

-- name: grant_reader
-- After later migrations too.
select grant_notebook_reader(:reader);

-- name: list_columns
-- One row per column that :reader may read, tables by name.
select
  cast(pg_class.relname as text) as table_name,
  obj_description(pg_class.oid, 'pg_class') as table_comment,
  cast(pg_attribute.attname as text) as column_name,
  replace(replace(
    format_type(pg_attribute.atttypid, pg_attribute.atttypmod),
    'character varying', 'varchar'), 'timestamp without time zone', 'timestamp') as type,
  col_description(pg_class.oid, pg_attribute.attnum) as column_comment
from pg_class
join pg_attribute on pg_attribute.attrelid = pg_class.oid and pg_attribute.attnum > 0 and not pg_attribute.attisdropped
where pg_class.relnamespace = cast('public' as regnamespace)
  and pg_class.relkind in ('r', 'p', 'v', 'm')
  and pg_has_role(pg_class.relowner, 'usage')
  and has_column_privilege(cast(:reader as text), pg_class.oid, pg_attribute.attnum, 'select')
order by pg_class.relname, pg_attribute.attnum;

-- name: list_saved_queries
-- One row per saved query, by name.
select id, name, sql, parameters, chart from saved_queries order by lower(name), id;

-- name: add_saved_query
insert into saved_queries (name, sql, parameters, chart)
values (:name, :sql, cast(:parameters as jsonb), cast(:chart as jsonb))
returning id;

-- name: update_saved_query
update saved_queries
set sql = :sql, parameters = cast(:parameters as jsonb), chart = cast(:chart as jsonb)
where id = :id
returning id;

-- name: rename_saved_query
update saved_queries set name = :name where id = :id returning id;

-- name: delete_saved_query
delete from saved_queries where id = :id;
