-- Images that no contact may show: each is noted before it is stored, and when its contact goes or shows another one;
-- a contact that shows it takes its line away. What is still noted when its time has come is deleted, whatever program
-- was killed in between.
create table loose_images (
  url text primary key,
  sweep_from timestamp not null
);

create function keep_shown_images() returns trigger
language plpgsql as $$
begin
  delete from loose_images
  where url in (select business_card_url from added union all select back_image_url from added);
  return null;
end
$$;
create trigger contacts_keep_images after insert on contacts
  referencing new table as added for each statement execute function keep_shown_images();

create function note_lost_images() returns trigger
language plpgsql as $$
begin
  insert into loose_images (url, sweep_from)
  select sides.url, localtimestamp
  from gone
  cross join lateral (values (gone.business_card_url), (gone.back_image_url)) as sides (url)
  where sides.url is not null
  on conflict (url) do nothing;
  return null;
end
$$;
create trigger contacts_lose_images after delete on contacts
  referencing old table as gone for each statement execute function note_lost_images();

create function note_replaced_images() returns trigger
language plpgsql as $$
begin
  delete from loose_images where url in (new.business_card_url, new.back_image_url);
  insert into loose_images (url, sweep_from)
  select sides.url, localtimestamp
  from (values (old.business_card_url), (old.back_image_url)) as sides (url)
  where sides.url is not null
    and sides.url is distinct from new.business_card_url and sides.url is distinct from new.back_image_url
  on conflict (url) do nothing;
  return null;
end
$$;
create trigger contacts_replace_images after update on contacts
  for each row
  when (old.business_card_url is distinct from new.business_card_url
    or old.back_image_url is distinct from new.back_image_url)
  execute function note_replaced_images();
