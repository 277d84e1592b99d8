"""The Analytics page, a module a view: what it asks is in sql/dashboard, how it looks in lib/analytics/figures."""
