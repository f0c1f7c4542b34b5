"""What the storage promises, on real files."""
