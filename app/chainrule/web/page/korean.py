"""Korean particles, which follow from the sound before them."""

import re

_PARTICLE = re.compile(r"은\(는\)|이\(가\)|을\(를\)|와\(과\)|\(으\)로")
_FORMS = {"은(는)": ("은", "는"), "이(가)": ("이", "가"), "을(를)": ("을", "를"), "와(과)": ("과", "와")}
"""Each particle after a consonant, and after a vowel."""
_SILENT = "`'\"”’)]}>_"
"""Marks that are not read aloud."""
_DIGITS = "013678"
"""Digits whose Korean name ends in a consonant; 1, 7 and 8 end in ㄹ."""
_HANGUL = range(0xAC00, 0xD7A4)
_SHORT = re.compile(r"(?<![aeiou])[aeiou][tpk]$")
"""The end of what is read with a final consonant: net, input, step."""
_RIEUL = 8
"""Place of ㄹ among the final consonants."""


def with_particles(text: str) -> str:
    """Choose every particle that a catalog writes in both forms: "x은(는)" becomes "x는".

    Args:
        text: Korean, with names and numbers of any kind in it.

    Returns:
        The text; where nothing is known of the sound, the vowel's form.

    >>> with_particles("PowBackward0은(는) input을(를) target(으)로 나눕니다. net은(는) weight와(과) 다릅니다.")
    'PowBackward0는 input을 target으로 나눕니다. net은 weight와 다릅니다.'
    >>> with_particles("x은(는) 텐서이고, `model`은(는) 3(으)로 나눈 값을(를) 가집니다.")
    'x는 텐서이고, `model`은 3으로 나눈 값을 가집니다.'
    """

    def chosen(match: re.Match[str]) -> str:
        final = _final(text[: match.start()])
        if match.group() == "(으)로":
            return "로" if final in ("", "ㄹ") else "으로"
        after_consonant, after_vowel = _FORMS[match.group()]
        return after_consonant if final else after_vowel

    return _PARTICLE.sub(chosen, text)


def _final(before: str) -> str:
    """Return the last sound of a text: "ㄹ", another "consonant", or "" for a vowel."""
    word = before.rstrip(_SILENT + "([{ ")
    last = word[-1:].lower()
    if last and ord(last) in _HANGUL:
        final = (ord(last) - _HANGUL.start) % 28
        return "" if final == 0 else "ㄹ" if final == _RIEUL else "consonant"
    if last == "0" and word[-2:-1].isalpha():
        return ""  # PowBackward0 ends in "제로"
    if last.isdigit():
        return "ㄹ" if last in "178" else "consonant" if last in _DIGITS else ""
    alone = len(re.split(r"[^A-Za-z]", word)[-1]) == 1
    if last == "l" or (alone and last == "r"):
        return "ㄹ"
    if word.lower().endswith("out") or _SHORT.search(word.lower()):
        return "consonant"
    return "consonant" if last in ("m", "n") or word.endswith("ng") else ""
