"""Playing the programme: what organisations, coaches and the authority do on each virtual day."""
