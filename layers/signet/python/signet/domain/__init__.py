"""Pure rules: what is true about people, events and messages, told the time from outside."""
