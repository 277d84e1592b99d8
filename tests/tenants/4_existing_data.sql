-- Step 4: what is there belongs to the default organisation since steps 2 and 3. Here is what follows: what was one of
-- a kind in the installation is one of a kind in its organisation, what hangs together is of one, and what is looked for
-- is found by organisation. All before step 5: under its policies references are checked row by row.

-- Rows that an action took away, kept to be put back, are whole rows too.
update undo_rows
set before = before || jsonb_build_object('org_id', wanted_org(), 'user_id', wanted_user())
where after is null and before is not null;

-- Under their names: the statements that add to these two name the constraint.
alter table suppressions drop constraint suppressions_hash_key,
  add constraint suppressions_hash_key unique (org_id, hash);
alter table suppression_key_checks drop constraint suppression_key_checks_pkey,
  add constraint suppression_key_checks_pkey primary key (org_id, is_only);
alter table dashboard_views drop constraint dashboard_views_pkey,
  add constraint dashboard_views_pkey primary key (org_id, name);

-- References are checked past all policies: only with the organisation in them does none lead to another's row, and
-- no deletion reaches one.
do $$
declare
  link record;
begin
  for link in
    select distinct referenced.oid, referenced.name
    from pg_constraint
    join tables_of_organizations as referenced on referenced.oid = confrelid
    join tables_of_organizations as referencing on referencing.oid = conrelid
    where contype = 'f'
  loop
    execute format('alter table %I add constraint %I unique (org_id, id)', link.name, link.name || '_org_id_id_key');
  end loop;

  for link in
    select
      pg_constraint.conname, referencing.name as table_name, referenced.name as referenced_name,
      pg_attribute.attname, pg_constraint.confdeltype,
      pg_get_constraintdef(pg_constraint.oid) like format('%%(%I) REFERENCES %I(id)%%', attname, referenced.name) as is_plain
    from pg_constraint
    join tables_of_organizations as referenced on referenced.oid = confrelid
    join tables_of_organizations as referencing on referencing.oid = conrelid
    join pg_attribute on attrelid = conrelid and attnum = conkey[1]
    where contype = 'f'
    order by referencing.name, conname
  loop
    if not link.is_plain then
      raise exception '% is no reference by one id', link.conname;
    end if;
    execute format(
      'alter table %1$I drop constraint %2$I, add constraint %2$I foreign key (org_id, %3$I)'
      ' references %4$I (org_id, id) %5$s',
      link.table_name, link.conname, link.attname, link.referenced_name,
      case link.confdeltype
        when 'c' then 'on delete cascade'
        when 'n' then format('on delete set null (%I)', link.attname)
        else '' end);
  end loop;
end
$$;

-- With the organisation in front an index is still read in its order, and alone where it holds all that is asked. A
-- unique one becomes unique in its organisation by the same. Those of words stay: see docs/tenants.md.
set local maintenance_work_mem = '512MB';
do $$
declare
  found record;
begin
  for found in
    select pg_index.indexrelid, cast(indexrelid as regclass) as name, pg_get_indexdef(indexrelid) as definition
    from pg_index
    join tables_of_organizations on tables_of_organizations.oid = indrelid
    join pg_class on pg_class.oid = indexrelid
    join pg_am on pg_am.oid = pg_class.relam
    where amname = 'btree' and not exists (select from pg_constraint where conindid = indexrelid)
    order by 2
  loop
    execute format('drop index %s', found.name);
    execute replace(found.definition, ' USING btree (', ' USING btree (org_id, ');
  end loop;
end
$$;
