"""Events, contacts, corrections and groups."""
