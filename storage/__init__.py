"""What the desk remembers, kept in SQLite or PostgreSQL."""
