"""The console: what an operator sees and does in a browser, on this machine, with an embedded or a deployed stack."""
