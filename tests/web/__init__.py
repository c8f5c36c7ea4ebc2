"""The HTTP kernel's behaviour, on a small service of its own and a real database."""
