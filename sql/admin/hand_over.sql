-- Give all that Meishi has in a database to the role that it is to work as: after another role made the tables, or a
-- backup was put back as another. For an administrator of the server, in psql, connected to Meishi's database:
--
--   psql -v role=meishi -f sql/admin/hand_over.sql postgresql://administrator@host/database
--
-- It may be run again. An administrator who is no superuser first runs: grant meishi to current_user;
\set ON_ERROR_STOP on
begin;
select set_config('meishi.role', :'role', true);

do $$
declare
  new_owner text := current_setting('meishi.role');
  found record;
begin
  execute format('grant usage, create on schema public to %I', new_owner);
  -- What belongs to an extension stays with it; a sequence of a column goes with its table.
  for found in
    select case relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence' else 'table' end
      as kind, cast(oid as regclass) as name
    from pg_class
    where relnamespace = cast('public' as regnamespace) and relkind in ('r', 'p', 'v', 'm', 'S')
      and not exists (
        select from pg_depend
        where pg_depend.classid = cast('pg_class' as regclass) and pg_depend.objid = pg_class.oid
          and (deptype = 'e' or relkind = 'S' and deptype in ('a', 'i')))
  loop
    execute format('alter %s %s owner to %I', found.kind, found.name, new_owner);
  end loop;
  for found in
    select cast(oid as regprocedure) as name
    from pg_proc
    where pronamespace = cast('public' as regnamespace)
      and not exists (select from pg_depend where classid = cast('pg_proc' as regclass) and objid = oid and deptype = 'e')
  loop
    execute format('alter routine %s owner to %I', found.name, new_owner);
  end loop;
  for found in
    select cast(oid as regtype) as name
    from pg_type
    where typnamespace = cast('public' as regnamespace)
      and (typtype in ('e', 'd') or typtype = 'c' and exists (
        select from pg_class where pg_class.oid = typrelid and relkind = 'c'))
      and not exists (select from pg_depend where classid = cast('pg_type' as regclass) and objid = oid and deptype = 'e')
  loop
    execute format('alter type %s owner to %I', found.name, new_owner);
  end loop;
  -- Where a superuser made the tables, these locks are no longer everybody's (0016_notebook.sql).
  for found in
    select cast(oid as regprocedure) as name
    from pg_proc
    where pronamespace = cast('pg_catalog' as regnamespace) and proname ~ '^pg_(try_)?advisory_(xact_)?lock'
  loop
    execute format('grant execute on function %s to %I', found.name, new_owner);
  end loop;
end
$$;
commit;
