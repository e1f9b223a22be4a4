"""The Framework workspace: the whole page as one picture, item by item."""
