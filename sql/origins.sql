-- name: get_origin
-- One row: where and when the contact's card was taken, and when it was handed over. Times are UTC.
select
  events.name as event_name, events.location as event_location, events.date as event_date,
  contacts.created_at as added_at, contacts.business_card_url is not null as is_photo
from contacts
left join events on events.id = contacts.event_id
where contacts.id = :contact_id;
