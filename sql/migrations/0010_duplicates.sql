-- Who may be one person twice is looked up, never compared with everybody: by e-mail address, by phone number, and by
-- the keys of likeness_keys. All functions here are what indexes hold: to change one is to build its indexes anew.

-- Words as they sound in any script and spelling: Müller is Mueller, Чехов is Chekhov. Only to look up, never to show.
create function sound_of(words text) returns text
language plpgsql immutable parallel safe set search_path from current as $$
declare
  latin text := lower(words);
begin
  if octet_length(words) > length(words) then
    latin := lower(normalize(regexp_replace(normalize(words, NFKD), '[\u0300-\u036f]', '', 'g'), NFC));
    latin := translate(
      latin,
      'абвгдежзиклмнопрстуфхцчшщыэюяαβγδεζηθικλμνξοπρσςτυφχωßæœøłđðıþАБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЫЭЮЯΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΩÆŒØŁĐÐÞьъЬЪ',
      'abvgdezziklmnoprstupkccssieuaavgdezitiklmnkoprsstipkosaoolddipabvgdezziklmnoprstupkccssieuaavgdezitiklmnkoprstipkoaoolddp');
  end if;
  latin := regexp_replace(
    translate(latin, 'fqwyj', 'pkvii'),
    '(?<=[aou])e|(?<=[ckgpstz])h|i(?=[aeiu])|(?<=l)l|(?<=n)n|(?<=p)p|(?<=r)r|(?<=s)s|(?<=t)t', '', 'g');
  return replace(replace(latin, 'tz', 'c'), 'ts', 'c');
end
$$;

-- The words of a person's name by sound, each once: no titles, particles and initials. Chinese, Japanese and Korean
-- names are characters instead: with a space or without one, in either order. (In plpgsql, whose plans are kept: as
-- SQL this and what follows took six times as long for each contact written.)
create function name_words(full_name text) returns text[]
language plpgsql immutable parallel safe cost 1000 set search_path from current as $$
declare
  is_east_asian boolean := full_name ~ '[぀-ヿ㐀-鿿가-힯]';
  parts text[] := string_to_array(
    translate(sound_of(person_name(full_name)), '.,;:()"“”''’´`/&|·-', repeat(' ', 18)),
    case when is_east_asian then null else ' ' end);
  word text;
  words text[] := '{}';
begin
  foreach word in array coalesce(parts, '{}') loop
    if word <> ' ' and (length(word) > 1 or is_east_asian) and word <> all(words) and word <> all(
      '{dr,prof,ing,ir,dipl,mag,mr,mrs,ms,her,frau,phd,mba,msc,bsc,sr,von,van,der,den,de,di,da,du,la,le,el,al,bin}')
    then
      words := words || word;
    end if;
  end loop;
  return words;
end
$$;

-- One text for a full name in any order of its words; null for less than two words, which name nobody.
create function name_key(full_name text) returns text
language plpgsql immutable parallel safe cost 1000 set search_path from current as $$
declare
  words text[] := name_words(full_name);
begin
  return case when cardinality(words) > 1
    then (select string_agg(word, ' ' order by word collate "C") from unnest(words) as word) end;
end
$$;

-- The first letters of a company by sound; what stands behind, with the legal form, is often left out or misread.
create function company_start(company text) returns text
language sql immutable parallel safe
return nullif(left(translate(
  regexp_replace(sound_of(company), '^te |株式会社|有限会社', '', 'g'),
  ' .,;:()"“”''’´`/&|·+-', ''), 4), '');

-- The domain of an e-mail address; null where it is one of those that give the most people a mailbox.
create function company_domain(email text) returns text
language sql immutable parallel safe
return case
  when lower(email) !~ '@(gmail|googlemail|outlook|hotmail|live|yahoo|icloud|aol|gmx|web|t-online|qq|163|mail)\.\w+$'
  then split_part(lower(email), '@', 2) end;

-- What a contact is looked up by: the whole name, and each word of it with the first letters of company and domain.
-- Two that have no key in common are not alike; those that have one are compared.
create function likeness_keys(full_name text, email text, company text) returns text[]
language plpgsql immutable parallel safe cost 1000 set search_path from current as $$
declare
  words text[] := name_words(full_name);
  place text;
  word text;
  keys text[] := '{}';
begin
  if cardinality(words) > 1 then
    keys := array[name_key(full_name)];
  end if;
  foreach place in array array[company_start(company), company_start(company_domain(email))] loop
    foreach word in array words loop
      if place is not null and word || '@' || place <> all(keys) then
        keys := keys || (word || '@' || place);
      end if;
    end loop;
  end loop;
  return keys;
end
$$;

create index idx_contacts_email_owner on contacts (lower(email), id) include (email, status)
  where email is not null;
create index idx_contacts_phone_owner on contacts (phone, name_key(full_name), id) include (full_name, status)
  where phone is not null;
-- Without fastupdate: contacts come one by one, and a look-up would read through all that was not sorted in yet.
create index idx_contacts_likeness on contacts using gin (likeness_keys(full_name, email, company))
  with (fastupdate = off);

-- Two people who look like one; the lower id first. Without reference: a contact that is had back by undoing is still
-- told apart, and no id is ever given twice.
create table different_contacts (
  contact_id integer not null,
  other_id integer not null,
  marked_at timestamp not null default localtimestamp,
  primary key (contact_id, other_id),
  check (contact_id < other_id)
);
create index idx_different_contacts_other_id on different_contacts (other_id);

-- Photos of the same person's other cards. A column, not a table: so they are remembered and had back with the contact.
alter table contacts add column more_image_urls text[] not null default '{}';

-- From here on images are shown there too (0006).
create function images_of(front text, back text, more text[]) returns text[]
language sql immutable parallel safe
return array_remove(array[front, back] || more, null);

create or replace function keep_shown_images() returns trigger
language plpgsql as $$
begin
  delete from loose_images
  where url in (
    select unnest(images_of(added.business_card_url, added.back_image_url, added.more_image_urls)) from added);
  return null;
end
$$;

create or replace function note_lost_images() returns trigger
language plpgsql as $$
begin
  insert into loose_images (url, sweep_from)
  select unnest(images_of(gone.business_card_url, gone.back_image_url, gone.more_image_urls)), localtimestamp
  from gone
  on conflict (url) do nothing;
  return null;
end
$$;

create or replace function note_replaced_images() returns trigger
language plpgsql as $$
declare
  shown text[] := images_of(new.business_card_url, new.back_image_url, new.more_image_urls);
begin
  delete from loose_images where url = any(shown);
  insert into loose_images (url, sweep_from)
  select images.url, localtimestamp
  from unnest(images_of(old.business_card_url, old.back_image_url, old.more_image_urls)) as images (url)
  where images.url <> all(shown)
  on conflict (url) do nothing;
  return null;
end
$$;
drop trigger contacts_replace_images on contacts;
create trigger contacts_replace_images after update on contacts
  for each row
  when (images_of(old.business_card_url, old.back_image_url, old.more_image_urls)
    is distinct from images_of(new.business_card_url, new.back_image_url, new.more_image_urls))
  execute function note_replaced_images();

-- What can be undone can show them again (0009 holds the others). Its name lets it run after that trigger.
create function note_more_images() returns trigger
language plpgsql as $$
begin
  update loose_images
  set sweep_from = greatest(loose_images.sweep_from, new.expires_at + interval '1 minute')
  from undo_rows
  where undo_rows.undo_id = new.id and undo_rows.table_name = 'contacts'
    and undo_rows.before -> 'more_image_urls' ? loose_images.url;
  return null;
end
$$;
create constraint trigger undo_memories_note_more_images after insert on undo_memories
  deferrable initially deferred
  for each row execute function note_more_images();
