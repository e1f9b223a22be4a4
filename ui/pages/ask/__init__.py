"""The Ask workspace: a conversation with cited answers."""
