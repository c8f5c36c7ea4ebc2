"""The rehearsal: a whole programme, replayed on the real services through their public HTTP interfaces.

`python -m operations.rehearsal` (`make demo`) starts the local stack, invents a world (`world/`), plays every virtual
day of the programme (`play/`), checks the rules of the domain in the databases with SQL of its own (`rules/`) and
reports. Reads of the platform only what organisations, coaches and operators can read; the checks at the end are the
one exception, and they come after the last day.
"""
