"""What is generated from the code into `docs/`: the table of sources and the description of the front door."""
