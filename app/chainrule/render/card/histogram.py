"""A large tensor as a small histogram with its statistics."""

from collections.abc import Iterator, Sequence

from chainrule.graph.model import Tensor
from chainrule.graph.numbers import magnitude
from chainrule.graph.values import flat
from chainrule.layout.measure.forms import BARS, NOTE_SIZE, Histogram
from chainrule.render.primitives import Mark, Path, Rect, Text
from chainrule.words.numbers import say_number
from chainrule.words.tensors import count_not_finite

_BINS = 16
_CHARACTERS = 9


def draw_histogram(form: Histogram, tensor: Tensor, x: float, y: float, kind: str) -> Iterator[Mark]:
    """Yield the bars of a tensor's elements, its range and its mean."""
    width, height = BARS
    stats = tensor.stats
    counts = stats.histogram or _count(tensor)
    yield Path(f"M{x:g} {y + height:g}h{width:g}", "axis")
    if stats.min is None or stats.max is None:
        yield Text(x, y + height - 8, "nothing finite", NOTE_SIZE, "soft")
    else:
        if counts:
            yield _bars(counts, x, y, kind)
        yield Text(x, y + height + 12, say_number(stats.min, _CHARACTERS), NOTE_SIZE, "")
        yield Text(x + width, y + height + 12, say_number(stats.max, _CHARACTERS), NOTE_SIZE, "", "end")
        mean = say_number(stats.mean if stats.mean is not None else "nan", _CHARACTERS)
        if not stats.nan and not stats.inf:
            yield Text(x, y + height + 26, f"mean {mean}", NOTE_SIZE, "soft")
    if stats.nan or stats.inf:
        words = ", ".join(count_not_finite(stats))
        yield Rect(x, y + height + 16, min(width, len(words) * 6.2 + 10), 15, "alarm", 3)
        yield Text(x + 5, y + height + 27, words, NOTE_SIZE, "alarm-text")


def _count(tensor: Tensor) -> Sequence[int]:
    weights = [w for w in (magnitude(n) for n in flat(tensor.values)) if w is not None]
    if not weights:
        return ()
    low, high = min(weights), max(weights)
    counts = [0] * _BINS
    for weight in weights:
        part = (weight - low) / (high - low) if high > low else 0.5
        counts[min(_BINS - 1, int(part * _BINS))] += 1
    return counts


def _bars(counts: Sequence[int], x: float, y: float, kind: str) -> Mark:
    # One path for all bars: a picture may have hundreds of histograms.
    width, height = BARS
    step, most, foot = width / len(counts), max(counts), y + height
    bars = [(index, max(1.5, height * count / most)) for index, count in enumerate(counts) if count]
    d = "".join(f"M{x + index * step + 0.5:.1f} {foot:.1f}v-{bar:.1f}h{step - 1:.1f}v{bar:.1f}z" for index, bar in bars)
    return Path(d, f"bar-{kind}")
