"""The rules of the domain, checked in the databases themselves with SQL that shares nothing with the handlers.

Each rule is a sentence that has to hold and a query for what breaks it; `checks.broken_rules` runs them all.
"""
