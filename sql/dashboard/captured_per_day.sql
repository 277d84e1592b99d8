-- How many photos came in, and what has become of them. One row per day and status.
-- :since, :until: captured from the one to before the other, UTC (null: open). :event_id: at one event (null: all).
-- :zone: whose days, as 'Europe/Berlin'.
select day_in(cast(:zone as text), created_at) as day, status, count(*) as contacts
from contacts
where (cast(:since as timestamp) is null or created_at >= cast(:since as timestamp))
  and (cast(:until as timestamp) is null or created_at < cast(:until as timestamp))
  and (cast(:event_id as integer) is null or event_id = cast(:event_id as integer))
group by day, status
order by day, status;
