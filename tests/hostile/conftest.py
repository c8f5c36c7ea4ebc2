"""The sample service again, with hostile neighbours."""

from tests.messaging.conftest import a_sample, sample, vhost_url

__all__ = ["a_sample", "sample", "vhost_url"]
