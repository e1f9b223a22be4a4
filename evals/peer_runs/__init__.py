"""What asks each contestant of `evals.peers`, run by the Python of its own environment."""
