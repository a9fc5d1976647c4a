"""Linkage: which profiles are the same person, with which certainty and why."""
