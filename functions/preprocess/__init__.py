"""Apply facts to people, and plan what they make due."""
