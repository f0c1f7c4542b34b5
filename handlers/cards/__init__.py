"""What the desk shows: one file for each card."""
