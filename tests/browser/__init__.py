"""The demonstration in a real browser, as a newcomer lives it."""
