"""CDS Hooks 2.0: what Livedo says inside a record system, while somebody works there."""
