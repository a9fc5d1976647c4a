"""The public door: everything that comes in over HTTP is made durable here."""
