-- name: has_suppressions
select exists (select from suppressions);

-- name: get_check_value
select check_value from suppression_key_checks;

-- name: take_turns
-- Two who begin the list at once must not begin it with two keys.
select pg_advisory_xact_lock(hashtext('suppressions'));

-- name: begin_with_key
-- An empty list was made with no key: it takes today's.
insert into suppression_key_checks (check_value)
select :check_value
where not exists (select from suppressions)
on conflict on constraint suppression_key_checks_pkey do update set check_value = excluded.check_value;

-- name: add_suppressions
-- One row per entry that was not there; those that were keep their note and date.
insert into suppressions (hash, kind, source, note)
select entries.hash, entries.kind, :source, :note
from unnest(cast(:hashes as bytea[]), cast(:kinds as text[])) as entries (hash, kind)
on conflict on constraint suppressions_hash_key do nothing
returning id;

-- name: list_suppressions
-- One row per entry, newest first.
select id, kind, source, note, created_at
from suppressions
where cast(:search as text) is null or note ilike :search
order by created_at desc, id desc
limit :limit offset :offset;

-- name: count_suppressions
select count(*) from suppressions where cast(:search as text) is null or note ilike :search;

-- name: find_hashes
-- Those of the hashes that are on the list.
select hash from suppressions where hash = any(cast(:hashes as bytea[]));

-- name: list_matches
-- The entries that stop an address: its own, and those of its domain.
select id, kind, source, note, created_at
from suppressions
where hash = any(cast(:hashes as bytea[]))
order by kind, id;

-- name: delete_suppression
delete from suppressions where id = :suppression_id returning id;

-- name: list_addresses_of_campaign
-- One row per contact of the campaign's group or with a draft in it, that has an address.
with written_to as (
  select lead_group_contacts.contact_id
  from email_campaigns
  join lead_group_contacts on lead_group_contacts.lead_group_id = email_campaigns.lead_group_id
  where email_campaigns.id = :campaign_id
  union
  select email_drafts.contact_id from email_drafts where email_drafts.campaign_id = :campaign_id
)
select contacts.id, contacts.email
from written_to
join contacts on contacts.id = written_to.contact_id
where contacts.email is not null
order by contacts.id;

-- name: get_state_of_campaign
-- One row that is another whenever an entry, one of the campaign's contacts or an address is.
with written_to as (
  select lead_group_contacts.contact_id
  from email_campaigns
  join lead_group_contacts on lead_group_contacts.lead_group_id = email_campaigns.lead_group_id
  where email_campaigns.id = :campaign_id
  union all
  select email_drafts.contact_id from email_drafts where email_drafts.campaign_id = :campaign_id
),
addresses as (
  select
    count(*) as written_to, sum(hashtextextended(contacts.email, contacts.id)) as first,
    sum(hashtextextended(contacts.email, -contacts.id)) as second
  from written_to
  join contacts on contacts.id = written_to.contact_id
),
entries as (
  select count(*) as entries, sum(hashtextextended(encode(suppressions.hash, 'hex'), 0)) as hashes from suppressions
)
select addresses.written_to, addresses.first, addresses.second, entries.entries, entries.hashes
from addresses
cross join entries;
