-- What was written to people. One row per source (`model` or `template`): drafts, those a person edited, those where
-- the model's e-mail had a fault and the template stands in for it (`flagged`, edited since or not), and its tokens.
-- :since, :until: to contacts captured from the one to before the other, UTC (null: open). :event_id: at one event
-- (null: all).
select
  coalesce(email_drafts.personalization_data ->> 'source', 'template') as source,
  count(*) as drafts,
  count(*) filter (where email_drafts.personalization_data @> '{"edited": true}') as edited,
  count(*) filter (where email_drafts.personalization_data #> '{flags,0}' is not null) as flagged,
  count(email_drafts.approved_at) as approved,
  count(email_drafts.exported_at) as exported,
  coalesce(sum(cast(email_drafts.personalization_data #>> '{tokens,in}' as bigint)), 0) as tokens_in,
  coalesce(sum(cast(email_drafts.personalization_data #>> '{tokens,out}' as bigint)), 0) as tokens_out
from contacts
join email_drafts on email_drafts.contact_id = contacts.id
where (cast(:since as timestamp) is null or contacts.created_at >= cast(:since as timestamp))
  and (cast(:until as timestamp) is null or contacts.created_at < cast(:until as timestamp))
  and (cast(:event_id as integer) is null or contacts.event_id = cast(:event_id as integer))
group by source
order by source;
