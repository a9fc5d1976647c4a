"""The control plane: content, campaigns, people, reports, operations and the console."""
