"""What reporting does with each event, and what people and programs may ask of it: one function for one use case."""
