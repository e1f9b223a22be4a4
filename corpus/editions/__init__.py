"""Editions of the corpus: written, read back, and set beside one another."""
