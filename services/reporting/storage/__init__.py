"""The rows that reporting keeps: projections of events, the surveys' answers and the frozen reports."""
