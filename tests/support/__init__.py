"""What the tests stand on: the servers they run against and the databases they are given."""
