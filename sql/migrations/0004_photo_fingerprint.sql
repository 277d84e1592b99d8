-- The same photo twice is noticed by its pixels: a file sent on by a messenger has another name and other metadata.
alter table ocr_jobs add column photo_fingerprint text;
create index idx_ocr_jobs_photo_fingerprint on ocr_jobs (photo_fingerprint);
