-- name: add_activity
insert into activity_logs (action, entity_type, entity_id, metadata, created_at)
-- Several actions of one transaction keep their order.
values (:action, :entity_type, :entity_id, cast(:metadata as jsonb), clock_timestamp());

-- name: add_activities
-- The same action on many; one row each.
insert into activity_logs (action, entity_type, entity_id, metadata, created_at)
select :action, :entity_type, entities.id, cast(:metadata as jsonb), clock_timestamp()
from unnest(cast(:entity_ids as int[])) as entities (id);

-- name: list_activities
-- One row per activity that is wanted, the newest first; of those after the one at (:before_at, :before_id), null for
-- the newest of all. An event's activities are its own and those of its contacts. `entity_name` is null for what is gone.
select
  activity_logs.id,
  activity_logs.action,
  activity_logs.entity_type,
  activity_logs.entity_id,
  activity_logs.metadata,
  activity_logs.created_at,
  case activity_logs.entity_type
    when 'contact' then (select contacts.full_name from contacts where contacts.id = activity_logs.entity_id)
    when 'event' then (select events.name from events where events.id = activity_logs.entity_id)
    when 'lead_group' then (select lead_groups.name from lead_groups where lead_groups.id = activity_logs.entity_id)
    when 'email_campaign'
      then (select email_campaigns.name from email_campaigns where email_campaigns.id = activity_logs.entity_id)
  end as entity_name
from activity_logs
where (cast(:since as timestamp) is null or activity_logs.created_at >= cast(:since as timestamp))
  and (cast(:until as timestamp) is null or activity_logs.created_at < cast(:until as timestamp))
  and (cast(:actions as text[]) is null or activity_logs.action = any(cast(:actions as text[])))
  and (cast(:entity_type as text) is null or activity_logs.entity_type = cast(:entity_type as text))
  and (cast(:entity_id as integer) is null or activity_logs.entity_id = cast(:entity_id as integer))
  and (
    cast(:event_id as integer) is null
    or activity_logs.entity_type = 'event' and activity_logs.entity_id = cast(:event_id as integer)
    or activity_logs.entity_type = 'contact' and exists (
      select
      from contacts
      where contacts.id = activity_logs.entity_id and contacts.event_id = cast(:event_id as integer)
    )
  )
  and (
    cast(:before_id as integer) is null
    or (activity_logs.created_at, activity_logs.id) < (cast(:before_at as timestamp), cast(:before_id as integer))
  )
order by activity_logs.created_at desc, activity_logs.id desc
limit :limit;

-- name: count_activities
-- How many are wanted, counted no further than :limit.
select count(*)
from (
  select
  from activity_logs
  where (cast(:since as timestamp) is null or activity_logs.created_at >= cast(:since as timestamp))
    and (cast(:until as timestamp) is null or activity_logs.created_at < cast(:until as timestamp))
    and (cast(:actions as text[]) is null or activity_logs.action = any(cast(:actions as text[])))
    and (cast(:entity_type as text) is null or activity_logs.entity_type = cast(:entity_type as text))
    and (cast(:entity_id as integer) is null or activity_logs.entity_id = cast(:entity_id as integer))
    and (
      cast(:event_id as integer) is null
      or activity_logs.entity_type = 'event' and activity_logs.entity_id = cast(:event_id as integer)
      or activity_logs.entity_type = 'contact' and exists (
        select
        from contacts
        where contacts.id = activity_logs.entity_id and contacts.event_id = cast(:event_id as integer)
      )
    )
  limit :limit
) as wanted;
