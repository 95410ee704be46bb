"""From a signup to an enrolled lead: event -> submission -> lead -> message -> batch -> outcome, one way.

The modules of this package are the nouns of that flow and are pure: no network, environment, clock or
randomness. Everything that touches the world is in `leads.io`, and only the handlers join the two.
"""
