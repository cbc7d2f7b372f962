"""What we believe, as data a clinician can review, and the code that reads it."""
