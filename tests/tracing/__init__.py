"""Traces as a collector gets them: real processes, real OTLP."""
