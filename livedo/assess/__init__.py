"""What the record means: rules answered with yes, no or unknown."""
