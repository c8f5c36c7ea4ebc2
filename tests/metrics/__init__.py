"""Every metric is documented, and something observes it."""
