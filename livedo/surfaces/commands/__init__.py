"""The commands of `livedo`, one module a group."""
