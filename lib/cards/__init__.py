"""From a photo of a business card to fields that can be trusted.

    reader = open_reader(get_settings(), threads=2)
    reading = reader.read(data)

Importing this loads no reader: their libraries are heavy, and the app's own process shows photos without them.
"""

from lib.cards.engines import ENGINES, Engine, open_engine
from lib.cards.errors import EngineUnavailable, NoTextFound, PhotoTooLarge, PhotoUnreadable
from lib.cards.fingerprint import fingerprint
from lib.cards.model import CONTACT_FIELDS, Box, Card, Field, Line, Reading, Status
from lib.cards.preview import preview
from lib.cards.reader import READERS, Reader, open_reader
from lib.cards.reading import raw_data, read_photo

__all__ = [
    "CONTACT_FIELDS",
    "ENGINES",
    "READERS",
    "Box",
    "Card",
    "Engine",
    "EngineUnavailable",
    "Field",
    "Line",
    "NoTextFound",
    "PhotoTooLarge",
    "PhotoUnreadable",
    "Reader",
    "Reading",
    "Status",
    "fingerprint",
    "open_engine",
    "open_reader",
    "preview",
    "raw_data",
    "read_photo",
]
