"""The chat of our own, without accounts: in the browser and in the terminal."""
