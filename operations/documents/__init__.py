"""Generated documents: what the catalogue of events says, written for readers and for programs.

`python -m operations.documents` writes them, `--check` fails when one of them is stale.
"""
