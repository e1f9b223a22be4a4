"""An answer in a file of its own, which anybody can check again, with neither model nor index."""
