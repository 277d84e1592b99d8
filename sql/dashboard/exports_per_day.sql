-- How many files were exported, and how many rows were in them. One row per day on which there were any.
-- :since, :until: exported from the one to before the other, UTC (null: open). :zone: whose days, as 'Europe/Berlin'.
-- :event_id: of campaigns that wrote to somebody of one event; their files are counted with all rows (null: all).
select
  day_in(cast(:zone as text), activity_logs.created_at) as day,
  count(*) as exports,
  cast(coalesce(sum(cast(activity_logs.metadata ->> 'rows' as bigint)), 0) as bigint) as rows
from activity_logs
where activity_logs.action = 'email_campaign_exported'
  and (cast(:since as timestamp) is null or activity_logs.created_at >= cast(:since as timestamp))
  and (cast(:until as timestamp) is null or activity_logs.created_at < cast(:until as timestamp))
  and (cast(:event_id as integer) is null or exists (
    select
    from email_drafts
    join contacts on contacts.id = email_drafts.contact_id
    where email_drafts.campaign_id = activity_logs.entity_id and contacts.event_id = cast(:event_id as integer)
  ))
group by day
order by day;
