-- name: note_images
-- Before they are stored. The minute is for their transaction to begin; from then on it holds them itself.
insert into loose_images (url, sweep_from)
select unnest(cast(:urls as text[])), localtimestamp + interval '1 minute';

-- name: hold_images
-- One row per image that nobody has swept yet, and nobody will while the transaction lasts.
select url from loose_images where url = any(:urls) order by url for update;

-- name: release_images
-- What no contact took in the end need not wait.
update loose_images set sweep_from = localtimestamp where url = any(:urls);

-- name: forget_images
-- Those that are deleted.
delete from loose_images where url = any(:urls);

-- name: take_loose_images
-- One row per image whose time has come, but for those being stored this moment. A contact may show it all the same:
-- its transaction was committed, and its program never heard of it.
with taken as (
  select url from loose_images where sweep_from <= localtimestamp order by sweep_from limit :limit
  for update skip locked
)
delete from loose_images
using taken
where loose_images.url = taken.url
returning loose_images.url, exists (
  select from contacts
  where loose_images.url in (contacts.business_card_url, contacts.back_image_url)
    or loose_images.url = any(contacts.more_image_urls)
) or exists (select from email_exports where email_exports.url = loose_images.url) as is_shown;
