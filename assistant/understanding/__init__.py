"""What a question asks, as one record, whoever read it."""
