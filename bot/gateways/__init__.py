"""Other systems, one file each: strangers to one another."""
