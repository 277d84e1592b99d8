"""Whether this installation is well, and what to do where it is not."""

from lib.doctor.case import Case, Finding
from lib.doctor.checks import CHECKS, examine

__all__ = ["CHECKS", "Case", "Finding", "examine"]
