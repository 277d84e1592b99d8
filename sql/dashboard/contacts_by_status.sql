-- Total contacts by status
SELECT status, COUNT(*) FROM contacts GROUP BY status;
