"""What makes the desk go by itself: a bell for its next moment, and the carrier of its letters."""
