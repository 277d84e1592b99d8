"""Exports: a campaign as a file that its target imports as it is, and a record of what left in it."""

from lib.outreach.exports.exporting import export_campaign
from lib.outreach.exports.history import list_exports, open_export
from lib.outreach.exports.judging import preview_export
from lib.outreach.exports.profiles import PROFILES, Profile
from lib.outreach.exports.reasons import CAN_BE_APPROVED, REASONS
from lib.outreach.exports.records import Counts, Export, HeldBack, PastExport, Preview

__all__ = [
    "CAN_BE_APPROVED",
    "PROFILES",
    "REASONS",
    "Counts",
    "Export",
    "HeldBack",
    "PastExport",
    "Preview",
    "Profile",
    "export_campaign",
    "list_exports",
    "open_export",
    "preview_export",
]
