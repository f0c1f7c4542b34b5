"""The real process is killed again and again, over a street that misbehaves, and nothing may be lost or doubled."""
