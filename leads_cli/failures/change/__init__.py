"""What an operator does about dead letters: fix, replay, discard, erase."""
