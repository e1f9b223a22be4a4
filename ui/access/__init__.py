"""Who sends a request, what they may do, and what is refused before anything is read."""
