"""From a query's rows to a figure with its title and a description for those who do not see it."""

from lib.analytics.figures.base import Chart
from lib.analytics.figures.outreach import drafts_overview, exports_per_day, source_word
from lib.analytics.figures.overview import ageing, captured_per_day, contacts_by_status, funnel, percent
from lib.analytics.figures.speed import STRETCH_WORDS, compared, counts_of, histogram, processing_trend
from lib.analytics.figures.trust import calibration, corrections_by_field, matrix_counts, reader_matrix

__all__ = [
    "STRETCH_WORDS",
    "Chart",
    "ageing",
    "calibration",
    "captured_per_day",
    "compared",
    "contacts_by_status",
    "corrections_by_field",
    "counts_of",
    "drafts_overview",
    "exports_per_day",
    "funnel",
    "histogram",
    "matrix_counts",
    "percent",
    "processing_trend",
    "reader_matrix",
    "source_word",
]
