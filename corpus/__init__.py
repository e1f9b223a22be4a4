"""Sources to passages: the data itself, and the code that reads it."""
