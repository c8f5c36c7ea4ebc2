"""What messages say, in Danish, Swedish and English: one file for each purpose, and the words they share."""
