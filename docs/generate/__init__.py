"""The generated documents: `docs/sources.md` and the OpenAPI description."""
