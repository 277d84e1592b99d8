"""Everything behind the pages. Imports go one way: see the map in the README."""
