"""Hand-written patterns that learned parts replace, one after the other; nothing new comes here."""
