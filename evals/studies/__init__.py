"""Measurements that are repeated by hand when a part changes. Not part of the wheel."""
