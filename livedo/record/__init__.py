"""One shape for every patient, and the folder that keeps it."""
