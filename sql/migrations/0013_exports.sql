-- Files that left: what was in them, what stayed out and why, and where the file is kept.

-- +4930901820 is only a number, of 7 to 15 digits. Counted, not matched: a pattern that counts takes twice as long.
create function is_plain_number(cell text) returns boolean
language sql immutable parallel safe
return char_length(cell) between 8 and 16 and cell ~ '^\+[1-9][0-9]+$';

-- What a spreadsheet may calculate instead of showing it (OWASP): = + - @, their full-width and small forms, a tab, a
-- line's end; also behind spaces and signs that nobody sees, which some programs cut off. `+1-1` would be calculated.
create function is_dangerous_cell(cell text) returns boolean
language sql immutable parallel safe
return cell ~ '^[\s\u0001-\u0020\u007f-\u00a0\u00ad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]*'
  '[\t\r\n=+@＝＋－＠﹦﹢﹣﹫-]'
  and not is_plain_number(cell);

-- First and last name may be any words of the whole one.
create function is_dangerous_name(full_name text) returns boolean
language sql immutable parallel safe
return full_name ~ '(^|[,\s\u0001-\u0020\u007f-\u00a0\u00ad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff])'
  '[\t\r\n=+@＝＋－＠﹦﹢﹣﹫-]';

-- Most cells are told to be harmless by their first letters, all in one look.
create function may_be_dangerous(first_letters text) returns boolean
language sql immutable parallel safe
return first_letters ~ '[\s\u0001-\u0020\u007f-\u00a0\u00ad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff'
  '=+@＝＋－＠﹦﹢﹣﹫-]';

-- One row per draft, with what a file says of the contact and why the draft is held back until a person approves it.
-- Reasons that need to know more than the draft, as an opt-out, are found by judge_drafts. dangerous names the columns
-- that a spreadsheet might calculate.
create view sendable_drafts as
select
  email_drafts.id, email_drafts.campaign_id, email_drafts.contact_id, contacts.full_name as label,
  person_name(contacts.full_name) as full_name, nullif(trim(contacts.email), '') as email, contacts.company,
  contacts.title, contacts.phone, contacts.linkedin_url, contacts.notes, events.name as event_name,
  events.date as event_date, events.location as event_location, email_drafts.subject, email_drafts.body,
  coalesce(email_drafts.personalization_data, '{}') as personalization_data, email_drafts.exported_at,
  email_drafts.approved_at, email_drafts.approved_reasons,
  array_remove(array[
    case when nullif(trim(contacts.email), '') is null then 'no_email' end,
    case when texts.is_missing_value then 'missing_value' end,
    case when texts.is_flagged then 'flagged' end,
    case when cells.dangerous <> '{}' then 'formula' end,
    case when membership.has_left_group then 'left_group' end
  ], null) as reasons,
  texts.is_missing_value, texts.is_flagged, membership.has_left_group, cells.dangerous
from email_drafts
cross join lateral (
  select
    -- The mark that the merge leaves: [company?].
    (email_drafts.body like '%?]%' or email_drafts.subject like '%?]%')
      and concat_ws(' ', email_drafts.subject, email_drafts.body) ~ '\[[a-z][A-Za-z]+\?\]' as is_missing_value,
    coalesce(
      email_drafts.personalization_data @? '$.flags[0]'
        and not email_drafts.personalization_data @> '{"edited": true}', false) as is_flagged,
    may_be_dangerous(left(email_drafts.subject, 1)) and is_dangerous_cell(email_drafts.subject) as is_subject_dangerous,
    may_be_dangerous(left(email_drafts.body, 1)) and is_dangerous_cell(email_drafts.body) as is_body_dangerous
  -- Looked at where they are read: whole e-mails would not fit the memory for joining.
  offset 0
) as texts
join email_campaigns on email_campaigns.id = email_drafts.campaign_id
join contacts on contacts.id = email_drafts.contact_id
left join events on events.id = contacts.event_id
cross join lateral (
  select
    -- A group deleted as a whole takes nobody out.
    email_campaigns.lead_group_id is not null and not exists (
      select from lead_group_contacts
      where lead_group_contacts.lead_group_id = email_campaigns.lead_group_id
        and lead_group_contacts.contact_id = email_drafts.contact_id) as has_left_group
) as membership
cross join lateral (
  select case
    when not may_be_dangerous(concat(
        left(contacts.email, 1), left(contacts.company, 1), left(contacts.title, 1), left(contacts.linkedin_url, 1),
        left(contacts.notes, 1), left(events.name, 1), left(events.location, 1),
        case when not is_plain_number(contacts.phone) then left(contacts.phone, 1) end))
      and not texts.is_subject_dangerous and not texts.is_body_dangerous
      and not is_dangerous_name(contacts.full_name)
      then '{}'
    else array_remove(array[
      case when is_dangerous_name(contacts.full_name) then 'full_name' end,
      case when is_dangerous_cell(contacts.email) then 'email' end,
      case when is_dangerous_cell(contacts.company) then 'company' end,
      case when is_dangerous_cell(contacts.title) then 'title' end,
      case when is_dangerous_cell(contacts.phone) then 'phone' end,
      case when is_dangerous_cell(contacts.linkedin_url) then 'linkedin_url' end,
      case when is_dangerous_cell(contacts.notes) then 'notes' end,
      case when is_dangerous_cell(events.name) then 'event_name' end,
      case when is_dangerous_cell(events.location) then 'event_location' end,
      case when texts.is_subject_dangerous then 'subject' end,
      case when texts.is_body_dangerous then 'body' end
    ], null)
  end as dangerous
) as cells;

-- One row per draft of a campaign: whether it goes into the file, and what keeps it out; `place` counts by name.
-- with_text: the file carries the e-mail itself. checked: the columns in which a dangerous cell matters. rules: what
-- the target refuses besides. Of several drafts to one address the one without fault goes, then the first by name.
create function judge_drafts(
  of_campaign integer, opted_out integer[], only_approved boolean, with_text boolean, checked text[], rules text[]
) returns table (
  id integer, contact_id integer, place bigint, is_sent boolean, reasons text[], has_formula boolean
)
language sql stable as $$
  with looked_at as (
    select
      sendable_drafts.id, sendable_drafts.contact_id, lower(sendable_drafts.label) as label,
      lower(sendable_drafts.email) as address, sendable_drafts.approved_reasons,
      array_remove(array[
        case when sendable_drafts.email is null then 'no_email' end,
        case when sendable_drafts.contact_id = any(opted_out) then 'opted_out' end,
        case when 'no_last_name' = any(rules) and coalesce(trim(sendable_drafts.full_name), '') !~ '\S\s+\S'
          then 'no_last_name' end,
        case when 'no_company' = any(rules) and coalesce(trim(sendable_drafts.company), '') = ''
          then 'no_company' end,
        case when 'odd_address' = any(rules) and split_part(sendable_drafts.email, '@', 1) ~ '[^\x01-\x7f]'
          then 'odd_address' end,
        case when 'too_long' = any(rules) and greatest(
            octet_length(sendable_drafts.email), octet_length(sendable_drafts.full_name),
            octet_length(sendable_drafts.company), octet_length(sendable_drafts.title),
            octet_length(sendable_drafts.phone)) > 255
          then 'too_long' end
      ], null) as refusals,
      array_remove(array[
        case when with_text and sendable_drafts.is_missing_value then 'missing_value' end,
        case when with_text and sendable_drafts.is_flagged then 'flagged' end,
        case when checked <> '{}' and sendable_drafts.dangerous && checked then 'formula' end,
        case when sendable_drafts.has_left_group then 'left_group' end
      ], null) as doubts,
      only_approved and sendable_drafts.approved_at is null as is_unapproved
    from sendable_drafts
    where sendable_drafts.campaign_id = of_campaign
    -- Keeps the planner from working a reason out anew wherever it is asked for, and whole e-mails out of its sorting.
    offset 0
  ),
  judged as (
    select
      looked_at.id, looked_at.contact_id, looked_at.label, looked_at.address, looked_at.doubts,
      case when looked_at.doubts <@ looked_at.approved_reasons then looked_at.refusals
        else looked_at.refusals || array(
          select doubt from unnest(looked_at.doubts) as doubt where doubt <> all(looked_at.approved_reasons)) end
        || case when looked_at.is_unapproved then '{not_approved}' else cast('{}' as text[]) end as reasons
    from looked_at
    offset 0
  ),
  ranked as (
    select
      judged.id, judged.contact_id, judged.label, judged.reasons, judged.doubts,
      judged.address is not null and row_number() over by_address > 1
        and first_value(judged.reasons) over by_address = '{}' as is_second
    from judged
    window by_address as (
      partition by judged.address
      order by judged.reasons = '{}' desc, judged.doubts = '{}' desc, judged.label, judged.id)
  )
  select
    ranked.id, ranked.contact_id, row_number() over (order by ranked.label, ranked.id),
    ranked.reasons = '{}' and not ranked.is_second,
    case when ranked.is_second then ranked.reasons || cast('{same_address}' as text[]) else ranked.reasons end,
    'formula' = any(ranked.doubts)
  from ranked
$$;

-- Every export of a campaign, and with it gone where nobody could ask for it any more. The row stays when its file goes,
-- because somebody in it is erased. contact_ids are those of the rows in the file.
create table email_exports (
  id serial primary key,
  campaign_id integer not null references email_campaigns (id) on delete cascade,
  campaign_name varchar(255) not null,
  profile varchar(40) not null,
  file_name text not null,
  mime varchar(100) not null,
  url text,
  rows integer not null,
  manifest jsonb not null,
  sha256 char(64) not null,
  contact_ids integer[] not null,
  approved_only boolean not null,
  created_at timestamp not null default now(),
  erased_at timestamp
);
create index idx_email_exports_campaign_id on email_exports (campaign_id, id desc);

-- As with card images (0006): a file is noted before it is stored, and whoever shows it takes its line away.
create function keep_exported_file() returns trigger
language plpgsql as $$
begin
  delete from loose_images where url = new.url;
  return null;
end
$$;
create trigger email_exports_keep_file after insert on email_exports
  for each row execute function keep_exported_file();

create function note_lost_file() returns trigger
language plpgsql as $$
begin
  insert into loose_images (url, sweep_from) values (old.url, localtimestamp) on conflict (url) do nothing;
  return null;
end
$$;
create trigger email_exports_lose_file after delete on email_exports
  for each row when (old.url is not null) execute function note_lost_file();
create trigger email_exports_replace_file after update on email_exports
  for each row when (old.url is not null and old.url is distinct from new.url) execute function note_lost_file();
