-- name: get_data_folder
-- Where the server keeps its data; only a superuser is told.
select current_setting('data_directory');
