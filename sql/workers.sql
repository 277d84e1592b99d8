-- name: count_workers_alive
-- Workers, on whatever machine, that gave a sign of life lately; one that ends takes its row away. A sign from the
-- future is a dead one's where the clock was set back: the living give a new one within seconds.
select count(*)
from procrastinate_workers
where abs(extract(epoch from now() - last_heartbeat)) < cast(:silence_s as double precision);

-- name: count_own_workers_alive
-- The same, of those with the ids alone: a machine's own.
select count(*)
from procrastinate_workers
where id = any(cast(:worker_ids as bigint[]))
  and abs(extract(epoch from now() - last_heartbeat)) < cast(:silence_s as double precision);
