-- Run in this order around the loading of rows, all in its transaction.

-- name: keep_pictures
-- What is seen now, by its address.
create temp table kept_pictures on commit drop as
select unnest(images_of(business_card_url, back_image_url, more_image_urls)) as url from contacts
union
select url from email_exports where url is not null;

-- name: keep_contacts
create temp table kept_contacts on commit drop as select id from contacts;

-- name: keep_loose_images
create temp table kept_loose_images on commit drop as select url, sweep_from from loose_images;

-- name: keep_suppressions
create temp table kept_suppressions on commit drop as
select hash, kind, source, note, created_at from suppressions;

-- name: keep_check_value
create temp table kept_check_values on commit drop as
select check_value from suppression_key_checks where exists (select from suppressions);

-- name: put_back_suppressions
-- Who opted out since then stays opted out.
insert into suppressions (hash, kind, source, note, created_at)
select hash, kind, source, note, created_at from kept_suppressions order by created_at, hash
on conflict (hash) do nothing;

-- name: put_back_check_value
insert into suppression_key_checks (check_value)
select check_value from kept_check_values
on conflict (is_only) do nothing;

-- name: put_back_loose_images
insert into loose_images (url, sweep_from)
select url, sweep_from from kept_loose_images
on conflict (url) do nothing;

-- name: note_lost_pictures
-- What was seen before is to be swept where it is not seen any more.
insert into loose_images (url, sweep_from)
select url, localtimestamp from kept_pictures where url is not null
on conflict (url) do nothing;

-- name: release_shown_pictures
delete from loose_images
using (
  select unnest(images_of(business_card_url, back_image_url, more_image_urls)) as url from contacts
  union
  select url from email_exports where url is not null
) as shown
where loose_images.url = shown.url;

-- name: forget_queue
-- Jobs of rows that are gone; those that are to be done are found anew.
delete from procrastinate_jobs;

-- name: forget_dashboards
-- What was kept of other rows: asked anew until it is made anew.
update dashboard_views set as_of = localtimestamp, seconds = 0, changes = -1;

-- name: count_returned
-- Contacts that were there once and had been deleted or erased since.
select count(*)
from contacts
where id <= (select max(id) from kept_contacts)
  and not exists (select from kept_contacts where kept_contacts.id = contacts.id);
