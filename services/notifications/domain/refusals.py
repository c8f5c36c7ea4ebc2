"""What notifications declines."""

from messaging.refusals import Refusal


class MessageUnknown(Refusal):
    """There is no such message."""

    slug = "message_unknown"
    status = 404


class ProgrammeUnreadable(Refusal):
    """A programme whose definition nothing can be reckoned from."""

    slug = "programme_unreadable"
    status = 422


class NotSentByLetter(Refusal):
    """Only a letter that was sent can come back."""

    slug = "not_sent_by_letter"


class StillBeingSent(Refusal):
    """What became of a message can be told once it is noted as sent."""

    slug = "still_being_sent"
    status = 503


class BatchUnknown(Refusal):
    """There is no such letter batch, or its files are gone."""

    slug = "batch_unknown"
    status = 404


class SignatureWrong(Refusal):
    """A delivery report that the gateway did not sign."""

    slug = "signature_wrong"
    status = 401
