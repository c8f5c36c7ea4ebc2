"""The ways out: words, mail with its calendar entry, SMS, printed letters. Knows nothing of the database."""
