-- One row: the seven days (UTC) that end with :today beside the seven before them.
-- A confidence is 0-1, and null where no card was read.
with boundaries as (
  select
    cast(:today as date) - 6 as week_start,
    cast(:today as date) - 13 as week_before_start,
    cast(:today as date) + 1 as week_end
),
captured as (
  select
    count(*) filter (where created_at >= week_start) as captured,
    count(*) filter (where created_at < week_start) as captured_before
  from boundaries
  join contacts on created_at >= week_before_start and created_at < week_end
),
verified as (
  select
    count(*) filter (where reviewed_at >= week_start) as verified,
    count(*) filter (where reviewed_at < week_start) as verified_before
  from boundaries
  join contacts on status = 'user_verified' and reviewed_at >= week_before_start and reviewed_at < week_end
),
processed as (
  select
    cast(avg(ocr_confidence) filter (where processed_at >= week_start) as double precision) as confidence,
    cast(avg(ocr_confidence) filter (where processed_at < week_start) as double precision) as confidence_before
  from boundaries
  join contacts on processed_at >= week_before_start and processed_at < week_end
)
select
  captured.captured, captured.captured_before, verified.verified, verified.verified_before, processed.confidence,
  processed.confidence_before
from captured
cross join verified
cross join processed;
