"""Weights that ship, fitted from labelled rows."""
