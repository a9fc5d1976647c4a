"""Demo data that travels through the real stages on the moved clock."""
