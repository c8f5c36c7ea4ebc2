"""A small service on the platform's own kernel, nothing in it faster or slower than in the four real ones."""
