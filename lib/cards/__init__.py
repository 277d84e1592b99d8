"""From a photo of a business card to fields that can be trusted."""
