"""The rules of the desk, pure: no chat, no database, no clock of its own."""
