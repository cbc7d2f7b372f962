"""How people and machines see it. No clinical logic lives here."""
