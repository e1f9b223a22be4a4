"""What Signpost costs: a question, a page, many users at once. Not part of the wheel."""
