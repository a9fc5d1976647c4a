"""Hand messages to their providers."""
