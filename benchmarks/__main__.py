"""`python -m benchmarks`."""

import argparse
from pathlib import Path

from benchmarks.consuming import EVENTS, Consuming
from benchmarks.measuring import interleaved
from benchmarks.servers import servers
from operations import settings


def main() -> None:
    """Measure the consuming side and print it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("what", choices=["consume"])
    parser.add_argument("--only", default="one_by_one,set_based,without_inbox", help="contestants, with commas between")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--events", type=int, default=EVENTS)
    wishes = parser.parse_args()
    folder: Path = settings.folder() / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    with servers(folder) as up:
        bench = Consuming(up, folder, wishes.events)
        everybody = {
            "one_by_one": lambda: bench.rate("service:OneByOne"),
            "set_based": lambda: bench.rate("service:SetBased"),
            "without_inbox": lambda: bench.rate("without_inbox:OneByOne"),
            "two_workers": lambda: bench.rate("service:OneByOne", workers=2),
        }
        found = interleaved({name: everybody[name] for name in wishes.only.split(",")}, wishes.rounds, print)
    for name, figures in found.items():
        print(f"{name:<16} {figures} events a second")


if __name__ == "__main__":
    main()
