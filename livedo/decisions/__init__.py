"""What people entered: kept apart from the record, never overwritten, counted at once."""
