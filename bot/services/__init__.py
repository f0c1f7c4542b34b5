"""The door and what stands beside it: what every room of the street may ask of the house."""
