"""What recipients read on our pages, one module per language."""
