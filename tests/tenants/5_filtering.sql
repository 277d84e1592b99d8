-- Step 5: every query is about one organisation, by row-level security: the server adds to each what the document would
-- have added to its text. `force`, because the app's role owns the tables.

-- Results that are kept (0015): a view that is kept is made by its owner of all that the owner sees, and is read by
-- everybody. In its place comes a table of the same name and columns, by organisation, with the query beside it.
do $$
declare
  kept record;
begin
  for kept in
    select cast(relname as text) as name, pg_get_viewdef(oid) as query, obj_description(oid, 'pg_class') as comment
    from pg_class
    where relnamespace = cast('public' as regnamespace) and relkind = 'm'
    order by relname
  loop
    execute format('create view %I as %s', kept.name || '_now', kept.query);
    execute format('alter materialized view %I rename to %I', kept.name, kept.name || '_before');
    execute format('create table %I as select * from %I', kept.name, kept.name || '_before');
    execute format('drop materialized view %I', kept.name || '_before');
    execute format('alter table %I add column org_id integer not null default wanted_org()', kept.name);
    execute format('comment on table %I is %L', kept.name, kept.comment);
  end loop;
end
$$;

-- Make a kept result anew, for this transaction's organisation alone: in place of `refresh materialized view`.
create function remake_kept(kept_name text) returns void
language plpgsql as $$
declare
  columns text;
begin
  select string_agg(quote_ident(attname), ', ' order by attnum) into strict columns
  from pg_attribute
  where attrelid = cast(quote_ident(kept_name || '_now') as regclass) and attnum > 0;
  execute format('delete from %I', kept_name);
  execute format('insert into %1$I (%2$s) select %2$s from %3$I', kept_name, columns, kept_name || '_now');
end
$$;

-- A new organisation with its first user; return its id. The transaction works as it from then on.
create function add_organization(organization text, user_email text) returns integer
language plpgsql as $$
declare
  added integer;
begin
  insert into organizations (name) values (organization) returning id into added;
  perform set_config('meishi.org_id', cast(added as text), true);
  insert into users (org_id, email) values (added, user_email);
  insert into dashboard_views (name, as_of, seconds, changes)
  select left(relname, -length('_view_now')), localtimestamp, 0, -1
  from pg_class
  where relnamespace = cast('public' as regnamespace) and relkind = 'v' and relname like '%\_view\_now';
  return added;
end
$$;

-- The subselect is asked once a query; without it the function would be for every row.
do $$
declare
  entity record;
begin
  for entity in select name from tables_of_organizations order by name loop
    execute format(
      'create policy of_organization on %I using (org_id = (select current_org()))'
      ' with check (org_id = (select current_org()))',
      entity.name);
    execute format('alter table %I enable row level security, force row level security', entity.name);
  end loop;
end
$$;

-- Who signs in is found by the address that was proven, before it is known to which organisation it belongs.
create policy of_organization on users
  using (org_id = (select current_org()) or lower(email) = (select lower(current_setting('meishi.email', true))))
  with check (org_id = (select current_org()));
alter table users enable row level security, force row level security;

-- A view reads its tables as its owner unless told otherwise: with the policies for the owner, not for who asks.
do $$
declare
  shown record;
begin
  for shown in
    select relname as name
    from pg_class
    where relnamespace = cast('public' as regnamespace) and relkind = 'v'
      and not exists (select from pg_depend where objid = pg_class.oid and deptype = 'e')
  loop
    execute format('alter view %I set (security_invoker = true)', shown.name);
  end loop;
end
$$;

-- A reader for each organisation: the name says whose, and no query can change who asks it.
create or replace function notebook_reader() returns text
language sql stable
return (
  select 'meishi_reader_' || oid || '_' || current_org() from pg_database where datname = current_database());

drop view tables_of_organizations;
