"""Everything in the order in which it happened, each step in a sentence."""
