"""Sample data: a made-up event, drawn cards and enough history to look at."""
