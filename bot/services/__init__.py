"""The door, and what stands around it: everything that changes or reads tickets goes through here."""
