"""The desk itself: its rules, its door, its engine and the platforms it speaks on."""
