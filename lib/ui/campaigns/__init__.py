"""The campaigns page: what a campaign is made of, its writing, its drafts and its files."""
