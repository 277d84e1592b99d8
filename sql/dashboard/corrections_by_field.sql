-- How often a person put a field right. One row per field, always all six: of the contacts whose reading a person saw
-- (`reviewed`), those where the field was changed to something else than was read, or filled in, or emptied.
-- :since, :until: captured from the one to before the other, UTC (null: open). :event_id: at one event (null: all).
with readings as (
  select id, reviewed_at is not null or status = 'user_verified' as is_verified
  from contacts
  where ocr_raw_data is not null
    and (cast(:since as timestamp) is null or created_at >= cast(:since as timestamp))
    and (cast(:until as timestamp) is null or created_at < cast(:until as timestamp))
    and (cast(:event_id as integer) is null or event_id = cast(:event_id as integer))
),
last_words as (
  select distinct on (activity_logs.entity_id, corrections.entry ->> 'field')
    activity_logs.entity_id as contact_id,
    corrections.entry ->> 'field' as field,
    corrections.entry ->> 'read' is distinct from corrections.entry ->> 'after' as is_corrected
  from readings
  join activity_logs on activity_logs.entity_id = readings.id and activity_logs.entity_type = 'contact'
  cross join lateral jsonb_array_elements(
    case jsonb_typeof(activity_logs.metadata -> 'corrections') when 'array'
      then activity_logs.metadata -> 'corrections' else '[]' end) as corrections (entry)
  where activity_logs.action = 'contact_reviewed'
  order by activity_logs.entity_id, corrections.entry ->> 'field', activity_logs.created_at desc, activity_logs.id desc
),
seen as (
  select count(*) as contacts
  from readings
  where is_verified or exists (select from last_words where last_words.contact_id = readings.id)
),
corrected as (
  select field, count(*) as contacts from last_words where is_corrected group by field
)
select
  fields.field,
  seen.contacts as reviewed,
  coalesce(corrected.contacts, 0) as corrected,
  cast(coalesce(corrected.contacts, 0) as double precision) / nullif(seen.contacts, 0) as share
from (values
  ('full_name', 1), ('email', 2), ('company', 3), ('title', 4), ('phone', 5), ('linkedin_url', 6)
) as fields (field, place)
cross join seen
left join corrected on corrected.field = fields.field
order by fields.place;
