"""The words of every view: the catalogue and phrases, and answers as plain text."""
