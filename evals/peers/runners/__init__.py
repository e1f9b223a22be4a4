"""What asks each contestant, run by the Python of its own environment."""
