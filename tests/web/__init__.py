"""The service, as a browser and as a record system meet it."""
