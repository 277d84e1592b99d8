-- name: add_activity
insert into activity_logs (action, entity_type, entity_id, metadata, created_at)
-- Several actions of one transaction keep their order.
values (:action, :entity_type, :entity_id, cast(:metadata as jsonb), clock_timestamp());
