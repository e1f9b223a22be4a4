"""A language model as a judge of answers, beside the scores and never in their place."""
