"""People who register while everything breaks: each asks again until the platform has answered for sure."""

import csv
import io
import itertools
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests

from operations.local.stack import Stack
from operations.rehearsal.world.national_numbers import cvr_numbers
from tests.system.setting import CITY, MUNICIPALITY, POSTCODE, Setting

TIMEOUT_SECONDS = 30
BREATH_SECONDS = 0.05
PATIENCE = 400
"""How often one request is asked again; with the pause between, longer than any plan lasts."""
PEOPLE = 3


@dataclass
class Accepted:
    """What the platform has promised, as the callers know it."""

    case_ids: dict[str, str] = field(default_factory=dict)
    """By the organisation's number: the case of each registration that was answered 201."""
    imported: int = 0
    asked_again: int = 0


class Load:
    """Callers in threads of their own, from `start` until `finish`; half of those who register answer the inventory."""

    def __init__(self, platform: Stack, setting: Setting, seed: int) -> None:
        self.accepted = Accepted()
        self._platform = platform
        self._setting = setting
        self._numbers = cvr_numbers(seed * 1_000_003 + uuid.uuid4().int % 1_000_003)
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._failures: list[BaseException] = []
        callers = [self._register_many] * PEOPLE + [self._import_register]
        self._threads = [threading.Thread(target=self._noting_failures, args=(caller,)) for caller in callers]

    def start(self) -> None:
        """Let them come."""
        for thread in self._threads:
            thread.start()

    def finish(self) -> Accepted:
        """No more come; those who wait for an answer get it. Raises what a caller could not get over."""
        self._ending.set()
        for thread in self._threads:
            thread.join()
        if self._failures:
            raise self._failures[0]
        return self.accepted

    def _noting_failures(self, caller: Callable[[], None]) -> None:
        try:
            caller()
        except BaseException as failure:  # noqa: BLE001 - raised again by `finish`
            self._failures.append(failure)

    def _register_many(self) -> None:
        with requests.Session() as session:
            for count in itertools.count():
                if self._ending.wait(BREATH_SECONDS):
                    return
                number = self._a_number()
                answer = self._until_sure(session, "/registration/api/cases", json=self._an_organisation(number))
                self.accepted.case_ids[number] = answer["case_id"]
                if count % 2:
                    self._until_sure(
                        session, f"/registration/api/case/{answer['token']}/inventory", json=self._levels()
                    )

    def _import_register(self) -> None:
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(["number", "kind", "name", "address", "postcode", "city", "municipality"])
        numbers = [self._a_number() for _ in range(300)]
        writer.writerows([n, "company", f"Firma {n}", "Istedgade 1", POSTCODE, CITY, MUNICIPALITY] for n in numbers)
        path = f"/registration/api/programmes/{self._setting.programme_id}/register"
        key = {"Authorization": f"Bearer {self._platform.operator_key}", "Content-Type": "text/csv"}
        with requests.Session() as session:
            self._until_sure(session, path, data=text.getvalue().encode(), headers=key)
        self.accepted.imported = len(numbers)

    def _until_sure(self, session: requests.Session, path: str, **content: Any) -> Any:
        """The answer to a request, which is repeated under one key while nobody can say what became of it."""
        headers = {"Idempotency-Key": uuid.uuid4().hex, **content.pop("headers", {})}
        seen = []
        for _ in range(PATIENCE):
            try:
                url = self._platform.public_url + path
                answer = session.post(url, headers=headers, timeout=TIMEOUT_SECONDS, **content)
            except requests.RequestException as error:
                seen.append(repr(error))
            else:
                if answer.ok:
                    return answer.json()
                seen.append(f"{answer.status_code} {answer.text[:300]}")
                if answer.status_code < 500 and answer.status_code != 409:
                    break
            self.accepted.asked_again += 1
            threading.Event().wait(4 * BREATH_SECONDS)
        raise AssertionError(f"POST {path.partition('/case/')[0]} was not accepted: {seen[-3:]}")

    def _a_number(self) -> str:
        with self._lock:
            return next(self._numbers)

    def _an_organisation(self, number: str) -> dict[str, Any]:
        return {
            "programme_id": self._setting.programme_id,
            "number": number,
            "kind": "company",
            "name": f"Firma {number}",
            "contact_name": "Søren Ørsted",
            "address": "Istedgade 1",
            "postcode": POSTCODE,
            "city": CITY,
            "municipality": MUNICIPALITY,
            "email": f"kontakt@{number}.example",
            "channel": "email",
            "language": "da",
            "help_forms": ["desk"],
        }

    def _levels(self) -> dict[str, Any]:
        levels = {entry["topic"]: 0 for entry in self._setting.definition["topics"]}
        return {"levels": levels, "topics": self._setting.topics}
