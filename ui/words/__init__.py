"""The words of every view: the catalogue, phrases, and answers as plain text."""
