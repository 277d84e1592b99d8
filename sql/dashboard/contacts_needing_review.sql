-- Contacts needing review
SELECT COUNT(*) FROM contacts WHERE status = 'pending_review';
