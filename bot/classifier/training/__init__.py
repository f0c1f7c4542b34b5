"""Makes the shipped model from hand-made text; nothing here is imported when the desk runs."""
