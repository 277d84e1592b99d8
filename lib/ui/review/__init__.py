"""The review page: the grid, the card beside it, its keys, many at once, duplicates; and as a form for a phone."""
