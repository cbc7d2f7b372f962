"""What people entered: kept, counted at once, never overwritten."""
