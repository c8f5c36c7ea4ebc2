"""What marshmallow says of a field, as a sentence for programs that says how to mend it; pages have `wording.py`."""

import re

_SENTENCES = {
    "Missing data for required field.": "Add this field; it is required.",
    "Field may not be null.": "Write a value here in place of null.",
    "Unknown field.": "Leave this field out or correct its name; it is not known here.",
    "Invalid input type.": 'Send an object with the documented fields, as {"name": "value"}.',
    "Invalid type.": 'Write an object with the documented fields, as {"name": "value"}.',
    "Invalid value.": "Write another value; the documentation tells which are taken here.",
    "Invalid input.": "Write another value; the documentation tells which are taken here.",
    "Not a valid string.": 'Write a text in quotes, as "text".',
    "Not a valid utf-8 string.": "Write the text in UTF-8.",
    "Not a valid integer.": "Write a whole number, as 3.",
    "Not a valid number.": "Write a number, as 3 or 3.5.",
    "Number too large.": "Write a smaller number.",
    "Special numeric values (nan or infinity) are not permitted.": "Write a finite number, as 3.5.",
    "Not a valid boolean.": "Write true or false.",
    "Not a valid date.": "Write a date, as 2013-11-01.",
    "Not a valid time.": "Write a time of day, as 10:15.",
    "Not a valid datetime.": "Write a date and a time, as 2013-11-01T10:15:00+01:00.",
    "Not a valid aware datetime.": "Write a date and a time with its offset, as 2013-11-01T10:15:00+01:00.",
    "Not a valid naive datetime.": "Write a date and a time without an offset, as 2013-11-01T10:15:00.",
    "Not a valid period of time.": "Write a period as a number, as 90.",
    "Not a valid list.": 'Write a list in brackets, as ["a", "b"].',
    "Not a valid tuple.": 'Write a list in brackets, as ["a", "b"].',
    "Not a valid mapping type.": 'Write an object, as {"name": "value"}.',
    "Not a valid UUID.": "Write an id of 32 letters and digits in five groups, as 01a21e77-8c04-789e-9d51-3869c55fd499.",
    "Not a valid URL.": "Write a whole address, as https://example.org/.",
    "Not a valid email address.": "Write an e-mail address, as name@example.org.",
    "String does not match expected pattern.": "Write this in the form that the documentation tells.",
}
_WITH_FIGURES = tuple(
    (re.compile(pattern, re.DOTALL), sentence)
    for pattern, sentence in (
        (r"Longer than maximum length (.+)\.", "Shorten this to at most {}."),
        (r"Shorter than minimum length (.+)\.", "Write at least {} here."),
        (r"Length must be between (.+) and (.+)\.", "Write at least {} and at most {} here."),
        (r"Length must be (.+)\.", "Write exactly {} here."),
        (r"Must be ((?:greater|less) than .+)\.", "Write a number {}."),
        (r"Must be equal to (.+)\.", "Write {} here."),
        (r"Must be one of: (.+)\.", "Choose one of: {}."),
        (r"One or more of the choices you made was not in: (.+)\.", "Choose from these only: {}."),
        (r"One or more of the choices you made was in: (.+)\.", "Choose none of these: {}."),
        (r"Not a valid IP(?:v4|v6)? (address|interface)\.", "Write an IP {}, as 192.0.2.1 or 2001:db8::1."),
    )
)


def with_remedy(message: str) -> str:
    """The message as a sentence that says what to do; one that is not marshmallow's own stays as it is."""
    if message in _SENTENCES:
        return _SENTENCES[message]
    for pattern, sentence in _WITH_FIGURES:
        if found := pattern.fullmatch(message):
            return sentence.format(*found.groups())
    return message
