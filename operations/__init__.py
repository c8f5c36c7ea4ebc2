"""Running the platform: the `frist` command, the local stack, and the rehearsal of a whole programme."""
