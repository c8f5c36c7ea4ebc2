"""Messages as nobody should send them, made by the million from a seed, and what has to hold for each."""
