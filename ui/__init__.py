"""Where people and programs meet Signpost: the page and the command."""
