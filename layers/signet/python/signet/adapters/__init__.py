"""The means: AWS and in-memory implementations of the ports, chosen only in wiring."""
