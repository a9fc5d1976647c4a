"""Reading: in which language somebody wrote, how they feel, and the words to find it by."""
