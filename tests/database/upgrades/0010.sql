-- Two who are not one person, and a person with another card.
insert into different_contacts (contact_id, other_id, marked_at) values (101, 105, '2026-05-05 09:00');
insert into contacts (id, full_name, email, status, business_card_url, more_image_urls, created_at, updated_at) values
  (1001, 'Gus Merged', 'gus@example.com', 'user_verified', 'file:///srv/meishi/images/cards/101/i.jpg',
    '{file:///srv/meishi/images/cards/101/j.jpg}', '2026-04-20 11:40', '2026-05-05 09:01');
