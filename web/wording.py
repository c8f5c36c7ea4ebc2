"""What marshmallow says of a field, in the reader's language and our words."""

import re
from typing import Any

from flask_babel import gettext, lazy_gettext

_PLAIN = {
    "Missing data for required field.": lazy_gettext("Please fill this in."),
    "Field may not be null.": lazy_gettext("Please fill this in."),
    "Not a valid string.": lazy_gettext("Please write this as text."),
    "Not a valid integer.": lazy_gettext("Please write a whole number."),
    "Not a valid number.": lazy_gettext("Please write a number."),
    "Not a valid boolean.": lazy_gettext("Please answer yes or no."),
    "Not a valid date.": lazy_gettext("Please write a date, as 2013-11-01."),
    "Not a valid datetime.": lazy_gettext("Please write a date and a time."),
    "Not a valid time.": lazy_gettext("Please write a time, as 10:15."),
    "Not a valid list.": lazy_gettext("Please choose from the list."),
    "Not a valid email address.": lazy_gettext("This is not an e-mail address; it looks like name@example.com."),
    "Unknown field.": lazy_gettext("This field is not known here."),
}
_WITH_FIGURES: tuple[tuple[re.Pattern[str], Any], ...] = (
    (
        re.compile(r"Longer than maximum length (?P<n>\d+)\."),
        lazy_gettext("At most %(n)s characters, please.", n="%(n)s"),
    ),
    (re.compile(r"Shorter than minimum length (?P<n>\d+)\."), lazy_gettext("At least %(n)s, please.", n="%(n)s")),
    (
        re.compile(r"Must be greater than or equal to (?P<low>\S+) and less than or equal to (?P<high>\S+)\."),
        lazy_gettext("Please write a number from %(low)s to %(high)s.", low="%(low)s", high="%(high)s"),
    ),
    (re.compile(r"Must be one of: (?P<n>.+)\."), lazy_gettext("Please choose from the list.")),
)


def in_readers_words(message: str) -> str:
    """The message as a person is to read it; what is not marshmallow's is looked up in the catalogues."""
    if not message:
        return ""
    if message in _PLAIN:
        return str(_PLAIN[message])
    for pattern, sentence in _WITH_FIGURES:
        if found := pattern.fullmatch(message):
            return str(sentence) % found.groupdict()
    return str(gettext(message))
