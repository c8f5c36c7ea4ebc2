"""The synthetic world of a rehearsal: organisations, libraries and coaches, the same for the same seed.

Municipalities, postcodes and the programme are real; everybody who lives here is made up.
"""
