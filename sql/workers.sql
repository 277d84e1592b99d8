-- name: count_workers_alive
-- Workers, on whatever machine, that gave a sign of life lately; one that ends takes its row away.
select count(*)
from procrastinate_workers
where last_heartbeat > now() - make_interval(secs => cast(:silence_s as double precision));
