-- Step 1 of the schema document's way to many tenants: who there is, and as whom a transaction works.
-- Rehearsed, not applied: docs/tenants.md says why each step is as it is. All five run in one transaction, as the role
-- that owns the tables and that the app signs in as. It is neither a superuser nor has it `bypassrls`.

create table organizations (
  id integer generated always as identity primary key,
  name varchar(255) not null,
  created_at timestamp not null default now()
);
comment on table organizations is 'Private: everybody who uses this installation';

-- An address signs in to one organisation.
create table users (
  id integer generated always as identity primary key,
  org_id integer not null references organizations (id) on delete cascade,
  email varchar(255) not null,
  created_at timestamp not null default now()
);
create unique index idx_users_email on users (lower(email));
create index idx_users_org_id on users (org_id);
comment on table users is 'Private: who signs in, and to which organisation';

-- What the transaction says of itself: `set_config('meishi.org_id', …, true)` at its begin, gone at its end.
create function wanted_org() returns integer
language sql stable parallel safe
return cast(nullif(current_setting('meishi.org_id', true), '') as integer);

create function wanted_user() returns integer
language sql stable parallel safe
return cast(nullif(current_setting('meishi.user_id', true), '') as integer);

-- Whose rows there are to see. Only the tables' owner is believed what it says: whoever runs SQL of their own, as the
-- notebook's reader, could say anything, and belongs to the organisation in its name or to none.
create function current_org() returns integer
language sql stable parallel safe
return case
  when (select pg_get_userbyid(relowner) from pg_class where oid = cast('organizations' as regclass)) = current_user
    then wanted_org()
  else cast(substring(cast(current_user as text) from '^meishi_reader_[0-9]+_([0-9]+)$') as integer)
end;

-- Whose everything is that is there already: who runs this says it, by meishi.default_email.
with organization as (
  insert into organizations (name) values ('Default organisation') returning id
),
owner as (
  insert into users (org_id, email)
  select id, coalesce(nullif(current_setting('meishi.default_email', true), ''), 'owner@example.invalid')
  from organization
  returning id, org_id
)
select
  set_config('meishi.org_id', cast(org_id as text), true), set_config('meishi.user_id', cast(id as text), true)
from owner;

-- What belongs to an organisation: every table but those of the installation, the queue's, and the two above.
create temporary view tables_of_organizations as
select cast(pg_class.relname as text) as name, pg_class.oid
from pg_class
where relnamespace = cast('public' as regnamespace) and relkind in ('r', 'p')
  and relname not in ('organizations', 'users', 'schema_migrations', 'backups') and relname not like 'procrastinate\_%';
