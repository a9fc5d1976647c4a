"""The local cloud: an interpreter of the synthesised template, with nothing of AWS but its wire."""
