"""The four services. They never import one another: they speak in events (see `contracts/`)."""
