"""The console's page, styles and script."""
