"""Other frameworks at the same work, each as its own documentation would have it done durably.

They run in an environment of their own (`.venv-bench`) and import nothing of the platform. Each module is a command:
`python -m benchmarks.peers.NAME worker|publish|seed`.
"""
