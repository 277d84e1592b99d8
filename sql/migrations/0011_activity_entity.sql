-- What was done to one contact: asked at each reading (did a person touch it?) and when a person is erased.
create index idx_activity_logs_entity on activity_logs (entity_id, entity_type);
