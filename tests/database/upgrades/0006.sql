-- A photo on its way in, when the program was stopped.
insert into loose_images (url, sweep_from) values
  ('file:///srv/meishi/images/cards/101/loose.jpg', '2026-05-02 12:00');
