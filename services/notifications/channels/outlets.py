"""Everything a sender sends with: one set for each lane, so that urgent never waits behind bulk."""

import time
from collections import Counter, deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum

from services.notifications.channels.errors import (
    AddressRefusedError,
    DeferredError,
    DeliveryError,
    MessageRefusedError,
    NotLetThroughError,
    OutletDownError,
)
from services.notifications.channels.mail import compose_mail, sendable
from services.notifications.channels.sms import SmsGateway, Texter
from services.notifications.channels.smtp import Mailer, SmtpMailer
from services.notifications.channels.wording import Parcel, put_into_words
from services.notifications.domain.recipient import EMAIL, SMS
from services.notifications.settings import NotificationsSettings
from web.links import Links

REPORTS_PATH = "/notifications/api/sms/reports"

ENOUGH_REFUSALS = 20
"""So many that are not let through, and none between them that is: the channel is down for this run."""


class Fate(StrEnum):
    """What became of handing a message over. `REFUSED` is the address, `REJECTED` this message, whatever its address."""

    SENT = "sent"
    REFUSED = "refused"
    REJECTED = "rejected"
    DEFERRED = "deferred"
    OUTLET_DOWN = "outlet_down"
    UNTRIED = "untried"
    BROKEN = "broken"


@dataclass(frozen=True)
class Outcome:
    """One parcel and what became of it."""

    parcel: Parcel
    fate: Fate
    reason: str = ""


@dataclass(frozen=True)
class WayOut:
    """A kept connection to the mail server and one to the SMS gateway, for one thread at a time. `texter` None: no SMS."""

    mailer: Mailer
    texter: Texter | None


@dataclass(frozen=True)
class Outlets:
    """What one sender sends with: a few ways out, used side by side, for handing a mail over is mostly waiting."""

    ways: Sequence[WayOut]
    sender: str
    links: Links

    @classmethod
    def from_settings(cls, settings: NotificationsSettings) -> "Outlets":
        """Connects when the first message is sent, never before."""
        links = Links.of(settings.links)
        ways = [_way_out(settings, links.url(REPORTS_PATH)) for _ in range(settings.connections)]
        return cls(ways, settings.mail_from, links)

    @property
    def can_text(self) -> bool:
        """Whether there is an SMS gateway."""
        return self.ways[0].texter is not None

    def send_all(self, parcels: Sequence[Parcel], seconds: float) -> list[Outcome]:
        """Send for at most so many seconds; what is down is not tried again in this run. Outcomes in the order of the parcels.

        What one case gets goes one way, one after the other.
        """
        of_case: dict[str, list[Parcel]] = {}
        for parcel in parcels:
            of_case.setdefault(parcel.message.case_id or parcel.message.message_id, []).append(parcel)
        run = _Run(self, time.monotonic() + seconds, deque(of_case.values()))
        with ThreadPoolExecutor(max_workers=len(self.ways)) as pool:  # green threads in a worker
            sent = pool.map(run.send, self.ways[: len(of_case)])
            outcomes = {outcome.parcel.message.message_id: outcome for share in sent for outcome in share}
        return [outcomes[parcel.message.message_id] for parcel in parcels]


@dataclass
class _Run:
    """One call of `send_all`, shared by its threads: what is left, by case, and why a channel is not tried any more."""

    outlets: Outlets
    until: float
    left: deque[list[Parcel]]
    down: dict[str, str] = field(default_factory=dict)
    shut_out: Counter[str] = field(default_factory=Counter)

    def send(self, way: WayOut) -> list[Outcome]:
        """Send by one way, case after case, until nothing is left."""
        outcomes: list[Outcome] = []
        while parcels := self._next():
            outcomes += [self._send(way, parcel) for parcel in parcels]
        return outcomes

    def _next(self) -> list[Parcel]:
        try:
            return self.left.popleft()
        except IndexError:
            return []

    def _send(self, way: WayOut, parcel: Parcel) -> Outcome:
        if parcel.channel in self.down:
            return Outcome(parcel, Fate.OUTLET_DOWN, self.down[parcel.channel])
        if time.monotonic() > self.until:
            return Outcome(parcel, Fate.UNTRIED)
        try:
            self._hand_over(way, parcel)
        except DeliveryError as error:
            self._note(parcel.channel, error)
            return Outcome(parcel, _FATES[type(error)], error.reason)
        except (KeyError, ValueError, TypeError) as error:
            return Outcome(parcel, Fate.BROKEN, f"cannot_be_worded_{type(error).__name__}")
        self.shut_out[parcel.channel] = 0
        return Outcome(parcel, Fate.SENT)

    def _note(self, channel: str, error: DeliveryError) -> None:
        """A single one that is not let through must not hold up those behind it; many in a row are an outage."""
        self.shut_out[channel] += isinstance(error, NotLetThroughError)
        if isinstance(error, OutletDownError) or self.shut_out[channel] >= ENOUGH_REFUSALS:
            self.down[channel] = error.reason

    def _hand_over(self, way: WayOut, parcel: Parcel) -> None:
        sender, links = self.outlets.sender, self.outlets.links
        wording = put_into_words(parcel, links)
        if parcel.channel == EMAIL:
            recipient = sendable(parcel.contact.email or "")
            way.mailer.send(sender, recipient, compose_mail(parcel, wording, sender, recipient, links))
        elif parcel.channel == SMS and way.texter:
            way.texter.send(parcel.contact.phone or "", wording.short, parcel.message.message_id)
        else:
            raise OutletDownError(f"no_outlet_for_{parcel.channel}")


def _way_out(settings: NotificationsSettings, reports_url: str) -> WayOut:
    texter = None
    if settings.sms_url:
        texter = SmsGateway(
            settings.sms_url, settings.sms_token, settings.sms_sender, reports_url, settings.timeout_seconds
        )
    return WayOut(SmtpMailer(settings.smtp, settings.timeout_seconds), texter)


_FATES: dict[type[DeliveryError], Fate] = {
    AddressRefusedError: Fate.REFUSED,
    MessageRefusedError: Fate.REJECTED,
    DeferredError: Fate.DEFERRED,
    NotLetThroughError: Fate.OUTLET_DOWN,
    OutletDownError: Fate.OUTLET_DOWN,
}
