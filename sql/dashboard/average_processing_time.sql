-- Processing time metrics
SELECT AVG(processed_at - created_at) as avg_processing_time 
FROM contacts WHERE processed_at IS NOT NULL;
