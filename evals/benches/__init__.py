"""Measurements that are repeated by hand, and the sheet for signing. Not part of the wheel."""
