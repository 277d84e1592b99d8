"""Stand-ins for what is hosted, each a real server from its package, on 127.0.0.1."""
