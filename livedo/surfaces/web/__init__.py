"""The web application: pages rendered on the server, each with a JSON twin."""
