"""Do what nobody calls."""
