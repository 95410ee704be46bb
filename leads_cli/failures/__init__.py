"""What an operator does about dead letters: read, group, fix, replay, discard, export, erase. Nothing here prints."""

from typing import Final

# Leads a second that are sent again: a tenth of what one busy delivery takes, so that live leads do not notice.
RATE: Final = 50.0
