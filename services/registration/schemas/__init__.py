"""The shapes of registration's HTTP: what is accepted and what is answered."""
