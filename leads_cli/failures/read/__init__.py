"""Dead letters as they are: read, grouped, selected, exported."""
