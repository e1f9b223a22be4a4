"""Cases are asked, by Signpost or by any command, into a run folder."""
