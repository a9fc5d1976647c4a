"""Benchmarks: each a module that prints a table, or with --json one JSON line."""
