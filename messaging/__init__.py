"""The kernel of delivery: how an event leaves one service and takes effect in another, once.

Promised: a change and its events commit together; every event reaches every subscriber at least once
and takes effect once; any order gives the same result; urgent never waits behind bulk; one bad event
delays only itself. Not promised: the order of events, or how soon after a broker's absence.

One way out: `uow.outbox.add(event)`. One way in: `subscribe(Event, handler)`. This package knows no service.
"""
