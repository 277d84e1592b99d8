-- name: add_activity
insert into activity_logs (action, entity_type, entity_id, metadata, created_at)
-- Several actions of one transaction keep their order.
values (:action, :entity_type, :entity_id, cast(:metadata as jsonb), clock_timestamp());

-- name: add_activities
-- The same action on many; one row each.
insert into activity_logs (action, entity_type, entity_id, metadata, created_at)
select :action, :entity_type, entities.id, cast(:metadata as jsonb), clock_timestamp()
from unnest(cast(:entity_ids as int[])) as entities (id);
