-- A query kept in the notebook, with its parameter and chart.
insert into saved_queries (id, name, sql, parameters, chart, created_at, updated_at) values
  (1601, 'Contacts by event', 'select event_id, count(*) from contacts where event_id = :event group by event_id',
    '{"event": "101"}', '{"kind": "bar", "x": "event_id", "y": "count"}', '2026-05-06 13:00', '2026-05-06 13:00');
