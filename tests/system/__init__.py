"""The platform as a whole, from outside: only its public HTTP interfaces."""
