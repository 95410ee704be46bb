"""The embedded AWS: moto, and the template deployed into it."""
