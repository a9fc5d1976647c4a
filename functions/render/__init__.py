"""Fill templates with live data."""
