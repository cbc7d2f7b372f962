"""Who saw or changed what, and when: an append-only log whose every line holds the one before."""
