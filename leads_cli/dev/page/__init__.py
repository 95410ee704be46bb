"""The page of `leads dev`."""
