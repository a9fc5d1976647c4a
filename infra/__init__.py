"""The deployed truth: the stack, its snapshot, and the local cloud that reads it."""
