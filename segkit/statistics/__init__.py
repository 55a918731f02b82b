"""Statistics that all stages share."""
