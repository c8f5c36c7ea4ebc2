"""Notifications decides what an organisation is told, when and on which channel, and keeps what became of each message.

It publishes `MessageSent`, `MessageWithheld`, `MessageFailed` and `NoAddressLeft`. It listens to programmes, to everything
that happens to a case and its bookings, to surveys and to staff who want to sign in. Reminders are not planned ahead: timers
find what is due in the programmes and the cases as they are now, so a change of either needs no planning anew.
"""
