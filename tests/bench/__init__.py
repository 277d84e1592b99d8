"""The benchmark of the reader: rendered, photographed cards of people and companies it has never seen."""
