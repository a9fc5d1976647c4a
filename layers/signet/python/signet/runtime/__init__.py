"""How a use case meets Lambda."""
