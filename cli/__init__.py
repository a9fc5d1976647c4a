"""The `signet` command: the local cloud, its demo, and what operators do over HTTP."""
