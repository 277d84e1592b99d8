"""Taking photos in: image stored, contact made, reading queued."""

from lib.capture.photos import add_back, as_photo_name, capture_photo

__all__ = ["add_back", "as_photo_name", "capture_photo"]
