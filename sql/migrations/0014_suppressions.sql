-- Who wants no e-mail. Only a keyed hash of the address or domain is kept, so that a person can be erased and still be
-- left alone; without the key nothing can be told from it.
create table suppressions (
  id serial primary key,
  hash bytea not null unique,
  kind varchar(10) not null check (kind in ('address', 'domain')),
  source varchar(10) not null check (source in ('by hand', 'file', 'contact')),
  -- What the user chose to keep about it.
  note text,
  created_at timestamp not null default now()
);
-- The page shows the newest first.
create index idx_suppressions_created_at on suppressions (created_at desc, id desc);

-- One row: a known text hashed with the key of the list, which tells a wrong key from a right one.
create table suppression_key_checks (
  is_only boolean primary key default true check (is_only),
  check_value bytea not null
);
