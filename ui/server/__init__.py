"""The server: pages and HTTP API behind one guard."""
