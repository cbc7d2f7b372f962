"""Who may do what: roles, sign-in settings, and the tokens of CDS clients."""
