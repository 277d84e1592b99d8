-- Step 3: whose each row is. As step 2; and no row without. Nor a reference: the policies of step 5 say whose a row may
-- be, and those of step 4 that nothing hangs on what is another's.
do $$
declare
  entity record;
begin
  for entity in select name from tables_of_organizations order by name loop
    execute format('alter table %I add column org_id integer not null default wanted_org()', entity.name);
  end loop;
end
$$;

-- A worker takes jobs of all organisations, and works as the one whose job it is. In a job there are numbers alone.
alter table procrastinate_jobs add column org_id integer not null default wanted_org();
