"""The Gaps workspace: a plan held against the framework, item by item."""
