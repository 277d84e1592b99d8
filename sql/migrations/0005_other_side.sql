-- The other side of a card: its photo, beside business_card_url, with the name it came by and its fingerprint (0004).
alter table contacts
  add column back_image_url text,
  add column back_photo_name varchar(255),
  add column back_photo_fingerprint text;
create index idx_contacts_back_photo_fingerprint on contacts (back_photo_fingerprint)
  where back_photo_fingerprint is not null;
