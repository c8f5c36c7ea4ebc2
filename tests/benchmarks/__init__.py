"""Whether the benchmarks still measure: with tiny numbers, and without the peers."""
