"""Processes killed with -9 while events flow through the whole platform."""
