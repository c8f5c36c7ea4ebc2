"""The rules of registration in plain Python: numbers, cases and their one state, inventories."""
