"""The commands: options in, terminal out."""
