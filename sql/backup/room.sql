-- name: look_at_server
-- Where the server keeps its data, and the bytes of its log of changes: only a superuser is told.
select current_setting('data_directory') as folder, cast((select sum(size) from pg_ls_waldir()) as bigint) as log_bytes;
