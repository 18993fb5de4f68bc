"""Facts about Chainrule, a folder for each package."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The top of the checkout."""
