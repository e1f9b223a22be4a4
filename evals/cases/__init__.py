"""Questions with what a right answer rests on, and the reading of their files."""
