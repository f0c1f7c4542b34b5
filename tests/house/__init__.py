"""The house itself: floors, words and files that must stay in order."""
