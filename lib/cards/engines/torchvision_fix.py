"""Import torchvision beside a CPU build of torch.

The torchvision on PyPI for Linux is built against CUDA's torch. Beside the CPU build its compiled operators cannot be
loaded, and two of its modules, which only describe those operators, fail at import. EasyOCR needs none of them.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType

# What fails, and nothing but that, is taken for this case.
FAILURE = "torchvision::nms does not exist"
DESCRIPTIONS = ("torchvision._meta_registrations", "torchvision._autograd_registrations")


def import_torchvision() -> None:
    """Import torchvision, with empty modules for the descriptions of operators where those cannot be loaded."""
    try:
        importlib.import_module("torchvision")
    except RuntimeError as error:
        if FAILURE not in str(error):
            raise
        for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
            del sys.modules[name]
        for name in DESCRIPTIONS:
            sys.modules[name] = ModuleType(name)
        importlib.import_module("torchvision")
