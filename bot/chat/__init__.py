"""What any chat can carry: cards, forms, what comes in, and what a platform must be able to do."""
