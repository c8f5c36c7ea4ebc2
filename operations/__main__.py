"""`python -m operations`: the `frist` command, where it is not installed under its own name."""

from operations.command import main

if __name__ == "__main__":
    main()
