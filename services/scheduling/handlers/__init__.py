"""What scheduling does, one function for each use case; every change of a case's place is told through `telling`."""
