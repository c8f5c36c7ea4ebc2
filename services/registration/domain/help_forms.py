"""The forms of help that suit an organisation, of those that its programme offers."""

from collections.abc import Collection, Sequence

from messaging.refusals import Refusal


class HelpFormRefused(Refusal):
    """A form of help that the programme does not offer, or none at all."""

    slug = "help_form_refused"
    status = 422


def offered_forms(wished: Collection[str], offered: Sequence[str]) -> list[str]:
    """What is wished for, in the programme's order; raises `HelpFormRefused` for what it does not offer."""
    if any(form not in offered for form in wished):
        raise HelpFormRefused("The programme does not offer this form of help; choose another.", field="help_forms")
    return [form for form in offered if form in wished]


def chosen_forms(wished: Collection[str], offered: Sequence[str]) -> list[str]:
    """The same of a choice that was asked for: raises `HelpFormRefused` for an empty one as well."""
    chosen = offered_forms(wished, offered)
    if not chosen:
        raise HelpFormRefused("Choose at least one form of help.", field="help_forms")
    return chosen
