"""The messages of the services of the house, a module each: generated from schemas/ by scripts/generate."""
