"""A question that was read becomes drafts: from the structure, from guidance, from definitions."""
