"""`make bench`: how fast delivery is, beside its ceiling and its peers, in one run on one machine."""
