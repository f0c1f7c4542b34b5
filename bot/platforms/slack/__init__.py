"""Slack as a platform: listening without losing, drawing without breaking, sending without doubling."""
