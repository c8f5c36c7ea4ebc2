"""The four services, in the order an organisation meets them."""

SERVICES = ("registration", "scheduling", "notifications", "reporting")
KINDS = ("worker", "relay")
"""The processes of a service beside its web process."""
