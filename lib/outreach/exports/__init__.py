"""Exports: a campaign as a file that its target imports as it is, and a record of what left in it."""

from lib.outreach.exports.exporting import export_campaign
from lib.outreach.exports.history import list_exports, open_export
from lib.outreach.exports.judging import count_export, list_held_back
from lib.outreach.exports.profiles import PROFILES, Profile
from lib.outreach.exports.reasons import CAN_BE_APPROVED, REASONS
from lib.outreach.exports.records import Counts, Export, HeldBack, PastExport

__all__ = [
    "CAN_BE_APPROVED",
    "PROFILES",
    "REASONS",
    "Counts",
    "Export",
    "HeldBack",
    "PastExport",
    "Profile",
    "count_export",
    "export_campaign",
    "list_exports",
    "list_held_back",
    "open_export",
]
