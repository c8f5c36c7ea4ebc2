"""Reads a programme file and says, line by line, what is wrong with it.

`check_programme(content)` is the whole interface: it returns the checked definition as plain JSON data,
or raises `ProgrammeRefused` with every fault's line, place and remedy.
"""

from services.registration.programme_files.check import Fault, ProgrammeRefused, check_programme

__all__ = ["Fault", "ProgrammeRefused", "check_programme"]
