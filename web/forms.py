"""A form as it was sent: what stood in each field, and what is wrong with it. The macros of `macros.html` draw it.

A view reads `form = Form.read(RegistrationSchema())`; when `form.is_valid` it acts on `form.data`, and gives what the
domain declines to `form.refuse(refusal)`; else it shows the page again, with status 422.
"""

from collections.abc import Mapping
from typing import Any

from flask import request
from marshmallow import EXCLUDE, Schema, ValidationError, fields
from werkzeug.datastructures import MultiDict

from messaging.refusals import Refusal
from web.field_errors import flatten
from web.wording import in_readers_words

WHOLE_FORM = ""
"""The name under which errors stand that belong to no single field."""


class Form:
    """The values and errors of a form. A new one (`Form()`, `Form({"city": "Odense"})`) has no errors."""

    def __init__(self, values: Mapping[str, Any] | None = None) -> None:
        self.data: dict[str, Any] = {}
        self.errors: dict[str, str] = {}
        self._values: dict[str, Any] = dict(values or {})
        self._labels: dict[str, Any] = {}

    @classmethod
    def read(cls, schema: Schema, submitted: "MultiDict[str, str] | None" = None) -> "Form":
        """Check what was sent (the request's form, unless given); blank fields count as missing."""
        sent: MultiDict[str, str] = request.form if submitted is None else submitted
        form = cls({name: sent.getlist(name) for name in sent})
        try:
            form.data = schema.load(_filled_in(schema, sent), unknown=EXCLUDE)
        except ValidationError as error:
            for entry in flatten(error.messages):
                form.add_error(entry["field"].split(".")[0], entry["message"])
        return form

    @property
    def is_valid(self) -> bool:
        """Whether nothing is wrong so far."""
        return not self.errors

    def value(self, name: str) -> str:
        """What stands in the field, `""` when nothing does."""
        value = self._values.get(name, "")
        if isinstance(value, list | tuple):
            value = value[0] if value else ""
        return "" if value is None else str(value)

    def chosen(self, name: str) -> list[str]:
        """What is ticked among several."""
        value = self._values.get(name, [])
        return [str(each) for each in value] if isinstance(value, list | tuple | set | frozenset) else [str(value)]

    def error(self, name: str) -> str | None:
        """What is wrong with the field, in the reader's language."""
        return self.errors.get(name)

    def label(self, name: str, label: Any) -> Any:
        """The label, remembered for the summary of what is wrong; the macros draw every label by this."""
        self._labels[name] = label
        return label

    def summary(self) -> list[tuple[str, str]]:
        """What is wrong, by field: each with its field's label before it, in the order of the fields drawn so far."""
        places = {name: place for place, name in enumerate(self._labels)}
        in_order = sorted(self.errors, key=lambda name: places.get(name, -1 if name == WHOLE_FORM else len(places)))
        return [(name, self._with_label(name)) for name in in_order]

    def _with_label(self, name: str) -> str:
        label = str(self._labels.get(name, ""))
        separator = " " if label.endswith((".", "?", "!")) else ": "
        return f"{label}{separator}{self.errors[name]}" if label else self.errors[name]

    def add_error(self, name: str, message: str) -> None:
        """Say what is wrong with a field; the first thing said stays."""
        self.errors.setdefault(name, in_readers_words(message))

    def refuse(self, refusal: Refusal) -> None:
        """Show a refusal of the domain beside its field."""
        self.add_error(refusal.field or WHOLE_FORM, str(refusal))


def _filled_in(schema: Schema, sent: "MultiDict[str, str]") -> dict[str, Any]:
    filled: dict[str, Any] = {}
    for name, entry in schema.fields.items():
        key = entry.data_key or name
        values = [_as_written(value) for value in sent.getlist(key) if value.strip()]
        if isinstance(entry, fields.List):
            if values or entry.required:
                filled[key] = values
        elif values:
            filled[key] = values[0]
    return filled


def _as_written(value: str) -> str:
    """Without blanks around it, and with line breaks as the writer counted them: browsers send two characters for each."""
    return value.replace("\r\n", "\n").strip()
