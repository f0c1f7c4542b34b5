"""Journeys: every promise to a person, lived through the real desk and a real database."""
