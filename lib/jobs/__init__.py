"""Reading cards and writing drafts as jobs: the queue and its worker."""
