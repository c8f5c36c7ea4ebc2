"""The sample service of the messaging tests, with processes that die where they are told to."""

from tests.messaging.conftest import a_sample, vhost_url

__all__ = ["a_sample", "vhost_url"]
