"""What stands on a card, and how it is drawn."""
