"""The Library workspace: sources, the check, the index, editions, the service."""
