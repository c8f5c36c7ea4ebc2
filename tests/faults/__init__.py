"""Faults on real processes: random plans that a seed replays, every crash point, and a broker that lost its disk."""
