"""What Signet does, one module per stage; ports come as keyword arguments."""
