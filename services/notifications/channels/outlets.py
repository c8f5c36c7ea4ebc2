"""Everything a sender sends with: one set for each lane, so that urgent never waits behind bulk."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.notifications.channels.errors import AddressRefusedError, DeferredError, DeliveryError, OutletDownError
from services.notifications.channels.mail import compose_mail
from services.notifications.channels.sms import SmsGateway, Texter
from services.notifications.channels.smtp import Mailer, SmtpMailer
from services.notifications.channels.wording import Parcel, put_into_words
from services.notifications.domain.recipient import EMAIL, SMS
from services.notifications.settings import NotificationsSettings, SmtpServer
from web.links import Links

REPORTS_PATH = "/notifications/api/sms/reports"


class Fate(StrEnum):
    """What became of handing a message over."""

    SENT = "sent"
    REFUSED = "refused"
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


@dataclass
class Outlets:
    """The ways out of one sender. `texter` None: no SMS gateway is set up."""

    mailer: Mailer
    texter: Texter | None
    sender: str
    links: Links

    @classmethod
    def from_settings(cls, settings: NotificationsSettings) -> "Outlets":
        """Connects when the first message is sent, never before."""
        links = Links(settings.link_key, settings.public_url)
        texter = None
        if settings.sms_url:
            texter = SmsGateway(
                settings.sms_url,
                settings.sms_token,
                settings.sms_sender,
                links.url(REPORTS_PATH),
                settings.timeout_seconds,
            )
        mailer = SmtpMailer(SmtpServer.from_url(settings.smtp_url), settings.timeout_seconds)
        return cls(mailer, texter, settings.mail_from, links)

    def send_all(self, parcels: Sequence[Parcel], seconds: float) -> Iterator[Outcome]:
        """Send one after the other, for at most so many seconds; what is down is not tried again in this run."""
        until, down = time.monotonic() + seconds, dict[str, str]()
        for parcel in parcels:
            if parcel.channel in down:
                yield Outcome(parcel, Fate.OUTLET_DOWN, down[parcel.channel])
            elif time.monotonic() > until:
                yield Outcome(parcel, Fate.UNTRIED)
            else:
                outcome = self._send(parcel)
                if outcome.fate is Fate.OUTLET_DOWN:
                    down[parcel.channel] = outcome.reason
                yield outcome

    def _send(self, parcel: Parcel) -> Outcome:
        try:
            self._hand_over(parcel)
        except DeliveryError as error:
            return Outcome(parcel, _FATES[type(error)], error.reason)
        except (KeyError, ValueError, TypeError) as error:
            return Outcome(parcel, Fate.BROKEN, f"cannot_be_worded_{type(error).__name__}")
        return Outcome(parcel, Fate.SENT)

    def _hand_over(self, parcel: Parcel) -> None:
        wording = put_into_words(parcel, self.links)
        if parcel.channel == EMAIL:
            mail = compose_mail(parcel, wording, self.sender, self.links)
            self.mailer.send(self.sender, parcel.contact.email or "", mail)
        elif parcel.channel == SMS and self.texter:
            self.texter.send(parcel.contact.phone or "", wording.short, parcel.message.message_id)
        else:
            raise OutletDownError(f"no_outlet_for_{parcel.channel}")


_FATES: dict[type[DeliveryError], Fate] = {
    AddressRefusedError: Fate.REFUSED,
    DeferredError: Fate.DEFERRED,
    OutletDownError: Fate.OUTLET_DOWN,
}
