"""Why a draft stays out of a file, in words."""

from __future__ import annotations

REASONS = {
    "missing_value": "A value is missing in the text; it shows a mark such as [company?].",
    "flagged": "The model's e-mail was not kept; the merged template stands in for it.",
    "formula": "A spreadsheet could take a cell for a formula.",
    "left_group": "Is not in the group any more.",
    "not_approved": "Is not approved yet.",
    "no_email": "Has no e-mail address any more.",
    "opted_out": "Is on the list of opt-outs.",
    "same_address": "The address is in the file already.",
    "no_last_name": "Has no last name, which this file needs.",
    "no_company": "Has no company, which this file needs.",
    "odd_address": "The address has letters before its @ that this file cannot have.",
    "too_long": "A cell is longer than the 255 bytes that this file can have.",
}
# A person who has seen them may let the draft go all the same.
CAN_BE_APPROVED = frozenset({"missing_value", "flagged", "formula", "left_group"})
