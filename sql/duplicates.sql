-- name: list_alike
-- One row per contact that this one has an e-mail address, a phone number or a key of likeness in common with, but for
-- those still being read or marked as different. Of a crowd (a switchboard, a John Smith) so many as `most` says are
-- looked at: who is the same person is found by another key too, one that fewer have.
with this as (
  select id, full_name, email, company, phone from contacts where id = :contact_id
),
found as (
  select same.id
  from this
  cross join lateral (
    select contacts.id from contacts where lower(contacts.email) = lower(this.email) limit :most) as same
  union
  select same.id
  from this
  cross join lateral (select contacts.id from contacts where contacts.phone = this.phone limit :most) as same
  union
  select same.id
  from this
  cross join lateral (
    select contacts.id
    from contacts
    where contacts.phone = this.phone and name_key(contacts.full_name) = name_key(this.full_name)
    limit :most) as same
  union
  select same.id
  from this
  cross join lateral unnest(likeness_keys(this.full_name, this.email, this.company)) as wanted (key)
  cross join lateral (
    select contacts.id
    from contacts
    where likeness_keys(contacts.full_name, contacts.email, contacts.company) @> array[wanted.key]
    limit :most) as same
)
select
  contacts.id, person_name(contacts.full_name) as full_name, contacts.email, contacts.company, contacts.phone,
  contacts.linkedin_url
from found
join contacts on contacts.id = found.id
where contacts.id <> :contact_id and contacts.status <> 'processing'
  and not exists (
    select from different_contacts
    where different_contacts.contact_id = least(contacts.id, cast(:contact_id as int))
      and different_contacts.other_id = greatest(contacts.id, cast(:contact_id as int)));

-- name: list_people
-- One row per contact that is read, of these ids.
select id, person_name(full_name) as full_name, email, company, phone, linkedin_url
from contacts
where id = any(:contact_ids) and status <> 'processing';

-- name: list_exact_pairs
-- One row per two contacts with one personal e-mail address, or else with one phone number and name: neighbours by id,
-- so that three of one person are two pairs. Read along two indexes, only as far as is asked.
with mail_neighbours as (
  select lag(id) over (partition by lower(email) order by id) as contact_id, id as other_id, lower(email) as shared
  from contacts
  where email is not null and status <> 'processing'
),
phone_neighbours as (
  select
    lag(id) over (partition by phone, name_key(full_name) order by id) as contact_id, id as other_id, phone as shared,
    full_name
  from contacts
  where phone is not null and status <> 'processing'
),
mail_pairs as (
  select contact_id, other_id, shared
  from mail_neighbours
  where contact_id is not null and split_part(shared, '@', 1) <> all(cast(:role_mailboxes as text[]))
    and not exists (
      select from different_contacts
      where different_contacts.contact_id = mail_neighbours.contact_id
        and different_contacts.other_id = mail_neighbours.other_id)
  order by shared, other_id
  limit :most
),
phone_pairs as (
  select contact_id, other_id, shared
  from phone_neighbours
  where contact_id is not null and name_key(full_name) is not null
    and not exists (
      select from different_contacts
      where different_contacts.contact_id = phone_neighbours.contact_id
        and different_contacts.other_id = phone_neighbours.other_id)
  order by shared, name_key(full_name), other_id
  limit :most
)
select contact_id, other_id
from (
  select contact_id, other_id, 1 as place, shared from mail_pairs
  union all
  select contact_id, other_id, 2, shared
  from phone_pairs
  where (contact_id, other_id) not in (select contact_id, other_id from mail_pairs)
) as pairs
order by place, shared, other_id
limit :most;

-- name: list_latest
-- The contacts that are likely to be somebody's second card: those read last, what waits for a person first.
(select id from contacts where status = 'pending_review' order by id desc limit :most)
union
(select id from contacts where status <> 'processing' order by id desc limit :most);

-- name: add_difference
-- No row where one of the two is gone.
insert into different_contacts (contact_id, other_id)
select min(id), max(id) from contacts where id in (:contact_id, :other_id) having count(*) = 2
on conflict (contact_id, other_id) do update set marked_at = localtimestamp
returning contact_id;

-- name: delete_difference
delete from different_contacts
where contact_id = least(cast(:contact_id as int), cast(:other_id as int))
  and other_id = greatest(cast(:contact_id as int), cast(:other_id as int))
returning contact_id;
