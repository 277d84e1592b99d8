-- The notebook: queries that a person keeps, what tables and columns mean, and a role that can only read them.

create table saved_queries (
  id serial primary key,
  name varchar(255) not null,
  sql text not null,
  -- Values of its parameters by name, and how its chart is drawn: kind, x, y, colour.
  parameters jsonb not null default '{}',
  chart jsonb not null default '{}',
  created_at timestamp not null default now(),
  updated_at timestamp not null default now()
);
create unique index idx_saved_queries_name on saved_queries (lower(name));
create trigger saved_queries_touch before update on saved_queries
  for each row when (old.* is distinct from new.*) execute function touch_updated_at();

-- What the notebook says of a table or column is its comment. One that begins with `Private` is kept from the reader:
-- what was erased must not be found again, and the queue's own tables are no data.
comment on table events is 'Where cards come from: fairs, meetings, dinners';
comment on table contacts is 'One row per card: what was read, and what became of it';
comment on table ocr_jobs is 'One row per reading of a card: waiting, reading, done';
comment on table lead_groups is 'Groups of contacts to write to';
comment on table lead_group_contacts is 'Who is in which group';
comment on table email_templates is 'E-mails with variables';
comment on table email_campaigns is 'One template written for one group';
comment on table email_drafts is 'One row per e-mail to one contact';
comment on table activity_logs is 'What was done, when, to what';
comment on table different_contacts is 'Pairs that look alike and were said to be two people';
comment on table saved_queries is 'Queries kept in the notebook';
comment on table suppressions is 'Who wants no e-mail; without the hashes';
comment on column contacts.full_name is 'The photo''s file name until the card is read: see person_name(full_name)';
comment on column contacts.status is 'processing, completed, failed, pending_review, user_verified';
comment on column contacts.ocr_confidence is '0 to 1: how sure the reader was';
comment on column contacts.ocr_raw_data is 'All that was read, with what it was read from';
comment on column contacts.created_at is 'When the photo came in (UTC)';
comment on column contacts.processed_at is 'When it was read (UTC)';
comment on column contacts.reviewed_at is 'When a person confirmed or corrected it (UTC)';
comment on column contacts.search_text is 'Name, company and e-mail as they are searched';
comment on column contacts.reasons is 'Why to look at it';
comment on column ocr_jobs.status is 'pending, processing, completed, failed';
comment on column ocr_jobs.created_at is 'When it was queued (UTC)';
comment on column ocr_jobs.started_at is 'When its last attempt began (UTC)';
comment on column email_campaigns.status is 'draft, generating, ready, exported';
comment on column email_campaigns.generated_at is 'When its drafts were written (UTC)';
comment on column email_campaigns.exported_at is 'When it was last exported (UTC)';
comment on column email_drafts.personalization_data is 'How it was written: source, model, tokens, remarks';
comment on column email_drafts.exported_at is 'When it was exported (UTC)';
comment on column activity_logs.action is 'Such as contact_uploaded or email_campaign_exported';
comment on column activity_logs.entity_type is 'contact, event, email_campaign, lead_group';
comment on column activity_logs.metadata is 'What else is known of it';
comment on table undo_memories is 'Private: what can be undone';
comment on table undo_rows is 'Private: rows as they were, also of people who were deleted since';
comment on table loose_images is 'Private: images about to be deleted';
comment on table suppression_key_checks is 'Private: tells a wrong key of the opt-out list from the right one';
comment on table schema_migrations is 'Private: which files of sql/migrations were applied';
comment on column suppressions.hash is 'Private: the keyed hash of an address or domain';
comment on column suppressions.note is 'Private: what was written about an opt-out';
do $$
declare
  queue_table text;
begin
  for queue_table in
    select relname from pg_class
    where relnamespace = cast('public' as regnamespace) and relkind = 'r' and relname like 'procrastinate\_%'
  loop
    execute format('comment on table %I is %L', queue_table, 'Private: the queue''s own');
  end loop;
end
$$;

-- The reader's name. Roles belong to the whole server, so each database has one of its own: none can read another's.
create function notebook_reader() returns text
language sql stable
return (select 'meishi_reader_' || oid from pg_database where datname = current_database());

-- Make the reader, or give it another password, as its SCRAM verifier; null leaves the password alone. Whoever calls it
-- needs CREATEROLE. What needs a superuser is done where we are one.
create function make_notebook_reader(verifier text default null) returns void
language plpgsql as $$
declare
  reader text := notebook_reader();
  writer regprocedure;
  locker regprocedure;
begin
  if not exists (select from pg_roles where rolname = reader) then
    execute format('create role %I login noinherit connection limit 8', reader);
    execute format('alter role %I set default_transaction_read_only = on', reader);
    execute format('alter role %I set statement_timeout = %L', reader, '15s');
    if (select rolsuper from pg_roles where rolname = current_user) then
      execute format('alter role %I set temp_file_limit = %L', reader, '1GB');
      -- Everybody may call these, and a transaction that is read-only does not keep them from filling the disk.
      for writer in
        select cast(oid as regprocedure) from pg_proc
        where pronamespace = cast('pg_catalog' as regnamespace)
          and proname in ('pg_logical_emit_message', 'lo_creat', 'lo_create', 'lo_from_bytea', 'lo_put', 'lowrite')
      loop
        execute format('revoke execute on function %s from public', writer);
      end loop;
      -- Nor does it keep them from holding the locks that we take turns by. We need them ourselves, superuser or not.
      for locker in
        select cast(oid as regprocedure) from pg_proc
        where pronamespace = cast('pg_catalog' as regnamespace)
          and proname ~ '^pg_(try_)?advisory_(xact_)?lock'
      loop
        execute format('revoke execute on function %s from public', locker);
        execute format('grant execute on function %s to pg_database_owner, %I', locker, current_user);
      end loop;
    end if;
  end if;
  if verifier is not null then
    execute format('alter role %I password %L', reader, verifier);
  end if;
end
$$;

-- Let `reader` see all tables and views of ours but what is private, also those of later migrations: it is called
-- again whenever a program opens the notebook, and changes only what is not as it should be.
create function grant_notebook_reader(reader text) returns void
language plpgsql as $$
declare
  shown record;
begin
  if not has_schema_privilege(reader, 'public', 'usage') then
    execute format('grant usage on schema public to %I', reader);
  end if;
  for shown in
    select
      tables.oid,
      cast(tables.oid as regclass) as name,
      coalesce(obj_description(tables.oid, 'pg_class') ilike 'private%', false) as is_private,
      columns.private_count,
      columns.open_list
    from pg_class as tables
    cross join lateral (
      select
        count(*) filter (where is_private) as private_count,
        string_agg(quote_ident(attname), ', ' order by attnum) filter (where not is_private) as open_list
      from (
        select attname, attnum, coalesce(col_description(attrelid, attnum) ilike 'private%', false) as is_private
        from pg_attribute
        where attrelid = tables.oid and attnum > 0 and not attisdropped
      ) as described
    ) as columns
    where tables.relnamespace = cast('public' as regnamespace)
      and tables.relkind in ('r', 'p', 'v', 'm')
      and pg_has_role(tables.relowner, 'usage')
  loop
    if shown.is_private or shown.private_count > 0 then
      if has_table_privilege(reader, shown.oid, 'select')
        or shown.is_private and has_any_column_privilege(reader, shown.oid, 'select')
        or exists (
          select from pg_attribute
          where attrelid = shown.oid and attnum > 0 and not attisdropped
            and col_description(attrelid, attnum) ilike 'private%'
            and has_column_privilege(reader, attrelid, attnum, 'select'))
      then
        -- Takes the rights to single columns too.
        execute format('revoke all on %s from %I', shown.name, reader);
      end if;
      if not shown.is_private and exists (
        select from pg_attribute
        where attrelid = shown.oid and attnum > 0 and not attisdropped
          and coalesce(col_description(attrelid, attnum) not ilike 'private%', true)
          and not has_column_privilege(reader, attrelid, attnum, 'select'))
      then
        execute format('grant select (%s) on %s to %I', shown.open_list, shown.name, reader);
      end if;
    elsif not has_table_privilege(reader, shown.oid, 'select') then
      execute format('grant select on %s to %I', shown.name, reader);
    end if;
  end loop;
end
$$;

-- Where no role may be made the tables stand all the same; the notebook says what is missing.
do $$
begin
  perform make_notebook_reader();
  perform grant_notebook_reader(notebook_reader());
exception
  -- Managed servers refuse with codes of their own.
  when others then raise notice 'The notebook has no reader yet: %', sqlerrm;
end
$$;
