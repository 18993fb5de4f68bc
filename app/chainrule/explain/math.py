"""LaTeX to MathML on the server, so that a page needs no script for its formulas."""

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
