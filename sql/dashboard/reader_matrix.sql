-- Could the reader be trusted? One row per box, always all six: accepted by itself or not, and right, wrong or unknown
-- (null: no person looked). Wrong is a name or an e-mail address that a person changed to something else than was read;
-- changed back to it, it was right. Wrong and accepted is the number to fight.
-- :since, :until: captured from the one to before the other, UTC (null: open). :event_id: at one event (null: all).
with readings as (
  select
    id,
    coalesce(ocr_raw_data ->> 'status', '') = 'completed' as is_accepted,
    reviewed_at is not null or status = 'user_verified' as is_verified
  from contacts
  where ocr_raw_data is not null
    and (cast(:since as timestamp) is null or created_at >= cast(:since as timestamp))
    and (cast(:until as timestamp) is null or created_at < cast(:until as timestamp))
    and (cast(:event_id as integer) is null or event_id = cast(:event_id as integer))
),
last_words as (
  select distinct on (activity_logs.entity_id, corrections.entry ->> 'field')
    activity_logs.entity_id as contact_id,
    corrections.entry ->> 'field' in ('full_name', 'email')
      and corrections.entry ->> 'read' is distinct from corrections.entry ->> 'after' as is_wrong
  from readings
  join activity_logs on activity_logs.entity_id = readings.id and activity_logs.entity_type = 'contact'
  cross join lateral jsonb_array_elements(
    case jsonb_typeof(activity_logs.metadata -> 'corrections') when 'array'
      then activity_logs.metadata -> 'corrections' else '[]' end) as corrections (entry)
  where activity_logs.action = 'contact_reviewed'
  order by activity_logs.entity_id, corrections.entry ->> 'field', activity_logs.created_at desc, activity_logs.id desc
),
reviewed as (
  select contact_id, bool_or(is_wrong) as is_wrong from last_words group by contact_id
),
judged as (
  select
    readings.is_accepted,
    case when reviewed.is_wrong then false when reviewed.contact_id is not null or readings.is_verified then true end
      as is_right,
    count(*) as contacts
  from readings
  left join reviewed on reviewed.contact_id = readings.id
  group by 1, 2
)
select boxes.is_accepted, boxes.is_right, coalesce(judged.contacts, 0) as contacts
from (values
  (true, true, 1), (true, false, 2), (true, null, 3), (false, true, 4), (false, false, 5), (false, null, 6)
) as boxes (is_accepted, is_right, place)
left join judged on judged.is_accepted = boxes.is_accepted and judged.is_right is not distinct from boxes.is_right
order by boxes.place;
