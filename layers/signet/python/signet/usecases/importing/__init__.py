"""Imports: a file is announced, cut into parts, and its rows are taken in one by one."""
