"""Notifications' own database: programmes, recipients, messages, letter batches."""
