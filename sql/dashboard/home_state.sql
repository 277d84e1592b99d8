-- One row: how far everything is, for choosing the next step. A group counts once it has somebody to write to; the
-- campaign is one that is ready and was not exported yet.
select
  (select count(*) from events) as events,
  (select count(*) from contacts) as contacts,
  (select count(*) from contacts where status = 'processing') as to_read,
  (select count(*) from contacts where status = 'pending_review') as to_review,
  (select count(*) from contacts where status = 'failed') as failed,
  (select count(*) from contacts where status in ('completed', 'user_verified')) as known,
  (select count(*) from lead_groups) as groups,
  (
    select count(*)
    from lead_groups
    where not exists (select from email_campaigns where email_campaigns.lead_group_id = lead_groups.id)
      and exists (select from lead_group_contacts where lead_group_contacts.lead_group_id = lead_groups.id)
  ) as groups_without_campaign,
  (select count(*) from email_campaigns where status = 'ready') as ready_campaigns,
  (select min(name) from email_campaigns where status = 'ready') as ready_campaign;
