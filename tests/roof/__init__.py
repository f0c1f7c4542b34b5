"""What the house is made of before it opens: settings and policy files."""
