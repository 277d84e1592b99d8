-- name: list_templates
-- One row per template, newest first.
select id, name, subject, body, variables, updated_at
from email_templates
order by id desc;

-- name: get_template
select id, name, subject, body, variables, updated_at
from email_templates
where id = :template_id;

-- name: add_template
insert into email_templates (name, subject, body, variables)
values (:name, :subject, :body, :variables)
returning id;

-- name: update_template
update email_templates
set name = :name, subject = :subject, body = :body, variables = :variables
where id = :template_id
returning id;

-- name: delete_template
-- Campaigns made from it stay and keep its name.
delete from email_templates where id = :template_id;
