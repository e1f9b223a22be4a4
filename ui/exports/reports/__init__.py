"""A run of the evaluation as a report: one HTML page, or Markdown."""
