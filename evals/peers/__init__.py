"""The same questions asked of Signpost and of its peers, in one table."""
