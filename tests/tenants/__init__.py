"""The schema document's way to many tenants, rehearsed: see docs/tenants.md."""
