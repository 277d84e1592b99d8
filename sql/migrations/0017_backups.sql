-- One row per backup that was begun: by a person, or by a worker when one was due. Where it lies is told by host and
-- folder, so that each machine clears up only after itself. Rows are no data: no backup holds them.
create table backups (
  id serial primary key,
  is_scheduled boolean not null,
  host text not null,
  folder text not null,
  started_at timestamp not null default localtimestamp,
  -- Moves while it is being made: one that stands still was made by a program that is gone.
  seen_at timestamp not null default localtimestamp,
  finished_at timestamp,
  file_name text,
  bytes bigint,
  sha256 char(64),
  contacts integer,
  images integer,
  -- Images that the database names and the store does not have.
  missing integer,
  -- Why there is none, in a sentence; null for a good one.
  error text,
  -- When its file was deleted to make room for newer ones.
  deleted_at timestamp
);
create index idx_backups_started_at on backups (started_at desc);
-- However many workers there are, one of them makes the backup that is due.
create unique index idx_backups_scheduled_now on backups (is_scheduled) where is_scheduled and finished_at is null;
comment on table backups is 'Private: where backups lie';
