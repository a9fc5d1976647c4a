"""The parts of the stack, one file for each concern."""
