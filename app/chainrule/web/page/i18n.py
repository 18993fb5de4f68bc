"""The words of the page in each language: gettext catalogs, and the words that scripts need."""

import gettext
import io
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from chainrule.web.page.korean import with_particles
from chainrule.words.saying import Saying, retell

LANGUAGES: Mapping[str, str] = {"en": "English", "ko": "한국어"}
"""Code and own name of each language; the first is the one the templates are written in."""

LOCALES = Path(__file__).resolve().parent / "locales"


@cache
def translations(language: str) -> gettext.NullTranslations:
    """Return the catalog of a language, compiled from its ``.po`` file on first use.

    Args:
        language: a key of `LANGUAGES`.

    Returns:
        The catalog; for English the one that leaves every text as it is.
    """
    path = LOCALES / language / "messages.po"
    if language not in LANGUAGES or not path.is_file():
        return gettext.NullTranslations()
    with path.open("rb") as file:
        catalog = read_po(file, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return Translations(compiled)


@cache
def teller(language: str) -> Callable[[str], str]:
    """Return what says a text of the program's answer in a language.

    Args:
        language: a key of `LANGUAGES`.

    Returns:
        A function of a text: sayings are told anew, other texts as the catalog has them, or as they are.
    """
    translate = translations(language).gettext

    def tell(text: str) -> str:
        if not text:
            return ""
        told = retell(text, translate) if isinstance(text, Saying) else translate(text)
        return with_particles(told) if language == "ko" else told

    return tell


def choose_language(asked: str | None, remembered: str | None, accepted: str) -> str:
    """Choose a language: what the address asks for, then what the browser remembers, then what it accepts.

    Args:
        asked: the ``lang`` of the query.
        remembered: the cookie's.
        accepted: the ``Accept-Language`` header.

    Returns:
        A key of `LANGUAGES`.
    """
    for given in (asked, remembered):
        if given is not None and given in LANGUAGES:
            return given
    weighted: list[tuple[float, str]] = []
    for part in accepted.split(",")[:20]:
        tag, _, parameter = part.strip().partition(";")
        language = tag.split("-")[0].lower()
        try:
            weight = float(parameter.strip().removeprefix("q=")) if parameter else 1.0
        except ValueError:
            weight = 0.0
        if language in LANGUAGES and weight > 0:
            weighted.append((weight, language))
    return max(weighted, key=lambda pair: pair[0])[1] if weighted else next(iter(LANGUAGES))
