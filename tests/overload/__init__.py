"""More than the platform can do at the moment, or nothing of what it stands on: it waits, loses nothing, and recovers."""
