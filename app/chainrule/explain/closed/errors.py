"""Why no closed form is told."""


class UnsupportedError(Exception):
    """Something that has no closed form here; its argument says what, in a word or two of the program or of PyTorch."""


class NoRuleError(Exception):
    """A part of a formula that there is no rule for."""


class TooLargeError(Exception):
    """An expression that nobody would read."""
