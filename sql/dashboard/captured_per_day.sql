-- How many photos came in, and what has become of them. One row per day (UTC) and status, from :since on (null: ever).
select cast(created_at as date) as day, status, count(*) as contacts
from contacts
where created_at >= coalesce(cast(:since as timestamp), '-infinity')
group by cast(created_at as date), status
order by day, status;
