"""Passages found by meaning and by words; the index is a cache, built aside and swapped."""
