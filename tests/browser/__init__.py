"""The platform through a person's eyes: Chromium, driven by Playwright."""
