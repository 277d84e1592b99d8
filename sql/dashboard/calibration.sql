-- Is the reader as sure as it should be? One row per tenth of confidence that occurs (`bucket` is where it begins): of
-- the fields it read on contacts that a person saw, how sure it was (mean, 0-1) and how many stand as it read them.
-- :since, :until: captured from the one to before the other, UTC (null: open). :event_id: at one event (null: all).
with readings as (
  select id, ocr_raw_data -> 'fields' as fields, reviewed_at is not null or status = 'user_verified' as is_verified
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
fields as (
  select
    least(cast(fields.content ->> 'confidence' as double precision), 1) as confidence,
    not coalesce(last_words.is_corrected, false) as is_kept
  from readings
  cross join lateral jsonb_each(
    case jsonb_typeof(readings.fields) when 'object' then readings.fields else '{}' end) as fields (field, content)
  left join last_words on last_words.contact_id = readings.id and last_words.field = fields.field
  where jsonb_typeof(fields.content -> 'confidence') = 'number'
    and (readings.is_verified or readings.id in (select last_words.contact_id from last_words))
)
select
  cast(least(floor(confidence / 0.1 + 1e-9), 9) / 10 as double precision) as bucket,
  avg(confidence) as mean_confidence,
  avg(cast(is_kept as integer)) as kept_share,
  count(*) as n
from fields
group by bucket
order by bucket;
