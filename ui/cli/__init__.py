"""The `signpost` command: each subcommand parses, calls and prints."""
