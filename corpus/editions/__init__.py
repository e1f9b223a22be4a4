"""Editions of the corpus, set beside one another."""
