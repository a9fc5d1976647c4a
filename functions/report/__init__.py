"""Count what happened, and settle messages by what carriers report."""
