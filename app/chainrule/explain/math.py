"""LaTeX to MathML on the server, so that a page needs no script for its formulas."""

import re
from functools import lru_cache
from xml.etree import ElementTree

from latex2mathml.converter import convert

from chainrule.explain.model import Math

_ELEMENTS = frozenset(
    "math mrow mi mn mo mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover "
    "mtable mtr mtd mstyle mpadded menclose".split()
)
_NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"


@lru_cache(maxsize=4096)
def mathml(latex: str) -> str:
    """Return the MathML of a formula, in display style.

    The converter does not escape text, and names come from programs that nobody has vouched for: what it makes is
    therefore read back, and only MathML elements without a link or a script may be in it.

    Raises:
        ValueError: the formula cannot be converted, or holds something that is not MathML.
    """
    made = str(convert(latex, display="block"))
    try:
        tree = ElementTree.fromstring(made)
    except ElementTree.ParseError as error:
        raise ValueError(f"not well formed: {latex}") from error
    for element in tree.iter():
        name = element.tag.removeprefix(_NAMESPACE)
        if name not in _ELEMENTS or any(key.startswith("on") or "href" in key for key in element.attrib):
            raise ValueError(f"<{name}> is not MathML: {latex}")
    return made


def make_math(latex: str, text: str) -> Math:
    """Return a formula with its MathML and its plain text."""
    return Math(latex=latex, mathml=mathml(latex), text=text)


def lines(latex: str) -> list[str]:
    r"""Return the MathML of a formula in parts, so that a page can put each on a line of its own.

    A part begins with an equals sign, a plus, a minus or a dot that stands in no bracket.

    >>> [part.count("<mfrac>") for part in lines(r"\frac{a}{b} = \left(c + d\right) \cdot \frac{1}{2}")]
    [1, 0, 1]
    """
    found, depth, start = [], 0, 0
    words = re.split(r"(\\left\b|\\right\b|\\begin\b|\\end\b|[{}]| (?:=|\+|-|\\cdot|\\text\{ \+= \}) )", latex)
    place = 0
    for word in words:
        if word in ("{", r"\left", r"\begin"):
            depth += 1
        elif word in ("}", r"\right", r"\end"):
            depth -= 1
        elif depth == 0 and word[:1] == " " and word.strip() in _BREAKS:
            found.append(latex[start:place])
            start = place
        place += len(word)
    found.append(latex[start:])
    try:
        # A sign at the beginning of a part stands between something all the same: it keeps its space.
        return [mathml(part.strip() if place == 0 else "{} " + part.strip()) for place, part in enumerate(found)]
    except ValueError:
        return [mathml(latex)]


_BREAKS = frozenset({"=", "+", "-", r"\cdot", r"\text{ += }"})
