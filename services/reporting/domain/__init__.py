"""What the numbers mean: states, the curve, suppression, money, seats and the survey, in plain Python."""
