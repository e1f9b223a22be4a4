"""What of a framework a plan addresses, touches on or leaves out: the gap analysis."""
