-- Time from upload to email generation
SELECT AVG(ec.generated_at - c.created_at) as upload_to_email_time
FROM contacts c
JOIN lead_group_contacts lgc ON c.id = lgc.contact_id
JOIN email_campaigns ec ON lgc.lead_group_id = ec.lead_group_id
WHERE ec.generated_at IS NOT NULL;
