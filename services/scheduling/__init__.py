"""Scheduling decides who gets which seat, and when.

It makes sessions from the coaches' availability, gives every case that wants help the earliest seat that fits, keeps
the one waiting list, and records who came and what was achieved.
It publishes `CaseWaitlisted`, `CaseUnplaced`, `BookingConfirmed`, `BookingMoved`, `BookingCancelled`, `BookingAttended`,
`BookingMissed`, `CapacityChanged` and `SessionHeld`.
It listens to `ProgrammeApplied`, `MunicipalitiesImported`, `ContactChanged`, `CaseAssessed`, `CaseClosed` and
`CaseErased`.
"""
