"""The parts of a card that have a form of their own: addresses of mail and web, telephone numbers."""
