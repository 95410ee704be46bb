"""What an operator does about dead letters: read, group, fix, replay, discard, export, erase. Nothing here prints."""
