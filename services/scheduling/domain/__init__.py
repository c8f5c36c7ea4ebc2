"""The rules of seats, coaches and waiting, in pure Python: nothing here knows a database or a request."""
