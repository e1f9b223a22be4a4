"""Cases in, scores out: what an evaluator runs."""
