"""Messages that are no policy questions, personal data, and what is kept of answers."""
