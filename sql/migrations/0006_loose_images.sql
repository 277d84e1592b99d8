-- Images that no contact may show: each is noted before it is stored and when its contact goes. Who shows one takes its
-- line away in the same transaction; the lines that a killed program leaves behind say what is to be swept.
create table loose_images (
  url text primary key,
  noted_at timestamp not null default current_timestamp
);
