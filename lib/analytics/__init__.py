"""Analytics: the dashboard's SQL into frames, frames into figures."""
