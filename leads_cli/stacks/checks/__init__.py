"""The checks of `leads check --live`. Each returns a list of findings. Nothing here prints."""
