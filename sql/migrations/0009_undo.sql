-- What an action changed on contacts and on all that hangs on them, kept for a while so that it can be undone. Rows are
-- kept as jsonb: a column that comes later is kept and put back without another word here.
create table undo_memories (
  id bigint generated always as identity primary key,
  action text not null,
  contact_ids integer[] not null,
  created_at timestamp not null default localtimestamp,
  expires_at timestamp not null
);
create index idx_undo_memories_expires_at on undo_memories (expires_at);

-- One row per row that the action changed. `before` holds the values it changed, a whole row that it took away, or null
-- where it added one; `after` the changed values as it left them (and always updated_at), or null where nothing was left.
create table undo_rows (
  undo_id bigint not null references undo_memories (id) on delete cascade,
  table_name text not null,
  key text not null,
  contact_id integer not null,
  before jsonb,
  after jsonb,
  primary key (undo_id, table_name, key)
);

-- One row per contact and per row that hangs on it, with what it is known by in its table.
create function rows_of_contacts(contact_ids integer[])
returns table (table_name text, key text, contact_id integer, content jsonb)
language sql stable
as $$
  select 'contacts', cast(id as text), id, to_jsonb(contacts) from contacts where id = any(contact_ids)
  union all
  select 'ocr_jobs', cast(ocr_jobs.id as text), ocr_jobs.contact_id, to_jsonb(ocr_jobs)
  from ocr_jobs
  where ocr_jobs.contact_id = any(contact_ids)
  union all
  select 'lead_group_contacts', members.lead_group_id || '/' || members.contact_id, members.contact_id, to_jsonb(members)
  from lead_group_contacts as members
  where members.contact_id = any(contact_ids)
  union all
  select 'email_drafts', cast(email_drafts.id as text), email_drafts.contact_id, to_jsonb(email_drafts)
  from email_drafts
  where email_drafts.contact_id = any(contact_ids)
$$;

-- Of the values of one row those that are other ones in the second.
create function changed_values(of_row jsonb, than jsonb) returns jsonb
language sql immutable
return (
  select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(of_row) where value is distinct from than -> key
);

-- When the action is done (at its commit): of what was remembered before it only what it changed stays, and the images
-- that it took from their contacts stay as long as it can be undone. The minute more is for an undo that began in time.
create function note_what_changed() returns trigger
language plpgsql as $$
begin
  insert into undo_rows (undo_id, table_name, key, contact_id, after)
  select new.id, now.table_name, now.key, now.contact_id, '{}'
  from rows_of_contacts(new.contact_ids) as now
  on conflict do nothing;

  update undo_rows
  set before = changed_values(undo_rows.before, now.content),
    after = changed_values(now.content, undo_rows.before) || jsonb_strip_nulls(
      jsonb_build_object('updated_at', now.content -> 'updated_at'))
  from rows_of_contacts(new.contact_ids) as now
  where undo_rows.undo_id = new.id and undo_rows.table_name = now.table_name and undo_rows.key = now.key
    and undo_rows.before is not null;

  delete from undo_rows where undo_id = new.id and before = '{}';

  update loose_images
  set sweep_from = greatest(loose_images.sweep_from, new.expires_at + interval '1 minute')
  from undo_rows
  where undo_rows.undo_id = new.id and undo_rows.table_name = 'contacts'
    and loose_images.url in (undo_rows.before ->> 'business_card_url', undo_rows.before ->> 'back_image_url');
  return null;
end
$$;
create constraint trigger undo_memories_note_what_changed after insert on undo_memories
  deferrable initially deferred
  for each row execute function note_what_changed();

-- The same within the transaction of the action: before another action, or its undoing.
create function settle_undo_memories() returns void
language plpgsql as $$
begin
  set constraints undo_memories_note_what_changed immediate;
  set constraints undo_memories_note_what_changed deferred;
end
$$;

-- Whoever says when a contact was changed is believed: what is undone was not changed at all.
drop trigger contacts_touch on contacts;
create trigger contacts_touch before update on contacts
  for each row
  when (old.* is distinct from new.* and old.updated_at is not distinct from new.updated_at)
  execute function touch_updated_at();

-- The columns of a table that can be written, as SQL lists them; `of_row` puts a row's name before each.
create function writable_columns(table_name text, of_row text) returns text
language sql stable
return (
  select string_agg(of_row || quote_ident(attname), ', ' order by attnum)
  from pg_attribute
  where attrelid = cast(table_name as regclass) and attnum > 0 and not attisdropped and attgenerated = ''
);

-- The rows of one table that the action took away, back again. What somebody put in their place meanwhile stays.
create function put_back_rows(this_undo_id bigint, this_table text) returns void
language plpgsql as $$
begin
  execute format(
    'insert into %1$I (%2$s) select %3$s from undo_rows, jsonb_populate_record(null::%1$I, undo_rows.before) as kept
     where undo_rows.undo_id = $1 and undo_rows.table_name = $2 and undo_rows.after is null
     on conflict do nothing',
    this_table, writable_columns(this_table, ''), writable_columns(this_table, 'kept.')
  ) using this_undo_id, this_table;
end
$$;

-- The values that the action changed in rows of one table known by their id, as they were before it.
create function put_back_values(this_undo_id bigint, this_table text) returns void
language plpgsql as $$
begin
  execute format(
    'update %1$I
     set (%2$s) = (select %3$s from jsonb_populate_record(%1$I, undo_rows.before) as kept)
     from undo_rows
     where undo_rows.undo_id = $1 and undo_rows.table_name = $2 and undo_rows.before is not null
       and undo_rows.after is not null and %1$I.id = cast(undo_rows.key as integer)',
    this_table, writable_columns(this_table, ''), writable_columns(this_table, 'kept.')
  ) using this_undo_id, this_table;
end
$$;

-- Whose engine is to read: null for the one of the settings.
alter table ocr_jobs add column engine varchar(20);
