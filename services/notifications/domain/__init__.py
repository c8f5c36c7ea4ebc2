"""What to send, to whom, when and on which channel: plain rules without storage or network."""
