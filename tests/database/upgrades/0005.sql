-- A card of two sides.
insert into contacts (
  id, event_id, full_name, email, status, business_card_url, back_image_url, back_photo_name, back_photo_fingerprint,
  processed_at, created_at, updated_at
) values
  (501, 101, 'Dev Sample', 'dev@example.org', 'completed', 'file:///srv/meishi/images/cards/101/f.jpg',
    'file:///srv/meishi/images/cards/101/g.jpg', 'back.jpg', '77aa01', '2026-04-20 11:20:04', '2026-04-20 11:20',
    '2026-04-20 11:20:04');
