"""Answers, training sessions, gap analyses and reports of the evaluation, as files."""
