"""How senders sign what they send: one module for each scheme."""
