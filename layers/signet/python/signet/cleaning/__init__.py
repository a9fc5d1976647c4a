"""Cleaning: addresses, numbers, names, places and times in their normal forms."""
