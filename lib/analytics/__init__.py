"""From SQL to figures: what the dashboards ask, and how the answers look. Reads, never writes."""
