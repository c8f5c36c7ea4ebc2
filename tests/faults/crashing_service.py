"""The sample service in a worker that dies at a point; imported by the launcher once the sockets are green."""

from tests.faults.points import arm

arm()

from tests.messaging.sample_service import SampleService  # noqa: E402  (the point first)

__all__ = ["SampleService"]
