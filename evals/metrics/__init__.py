"""Scores of one answer, and estimates with intervals over many."""
