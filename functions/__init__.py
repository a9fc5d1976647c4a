"""Doorways: one folder, one Lambda function, one kind of door."""
