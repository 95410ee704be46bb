"""The console's pages on dead letters."""
