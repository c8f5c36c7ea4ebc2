"""Behaviour of scheduling: domain, allocation, days, pages."""
