-- name: mark_campaign
update email_campaigns
set status = 'exported', exported_at = now(), export_count = coalesce(export_count, 0) + 1
where id = :campaign_id;

-- name: mark_drafts
-- Only those that are in the file.
update email_drafts set exported_at = now() where id = any(:draft_ids);
