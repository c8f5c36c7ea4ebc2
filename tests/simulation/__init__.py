"""The platform's delivery in one thread, in an order that a seed decides, with every fault in between.

Everything is the real code on a real PostgreSQL, but for three things that are modelled: the broker (at the very names
of pika and kombu), the clock, and who runs next. See docs/testing.md.
"""
