"""Stands in for a mail server and an SMS gateway: keeps what was sent in a folder and shows it on a page.

    python -m operations.catcher --smtp-port 2525 --http-port 8025 --folder .frist/caught

Everything is kept as files: mails as `.eml`, SMS in `sms.jsonl`, and one line for each of both in `index.jsonl`, in the
order they came, which can be followed like a log. To try what happens when an address does not work, write to one whose
first word says so: `refused.` is never taken (550), `later.` is asked to try again (451); SMS to a number ending in
`0000` are refused.
"""
