"""Answers and editions in files of their own, checked again with neither model nor index."""
