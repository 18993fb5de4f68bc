"""The words that the page's scripts say, marked for translation."""

from collections.abc import Callable

WORDS: dict[str, str] = {}


def _(text: str) -> str:
    return text


WORDS = {
    "run.running": _("Running…"),
    "run.done": _("{nodes} nodes, {milliseconds} ms"),
    "run.offline": _("The server cannot be reached. Your text is kept; trying again in {seconds} s."),
    "run.busy": _("The server is busy. Trying again in {seconds} s."),
    "run.limited": _("Too many runs in a short time. Trying again in {seconds} s."),
    "run.failed": _("The server could not answer ({status}). Your text is kept."),
    "run.stale": _("The picture is of the last program that ran."),
    "fragment.broken": _("This link does not hold a readable program, so the editor starts empty."),
    "fragment.undo": _("Undo"),
    "example.loaded": _("“{title}” is loaded. Your program is one step of undo away."),
    "editor.label": _("Program"),
    "editor.fix": _("Apply: {title}"),
    "picture.none": _("Nothing is found for “{query}”"),
    "picture.found": _("{place} of {count}"),
    "picture.pass": _("pass {index}"),
    "step.forward": _("Forward {step} of {count}"),
    "step.backward": _("Backward {step} of {count}, pass {pass}"),
    "step.update": _("Optimizer's step after pass {pass}"),
    "step.play": _("Play"),
    "step.pause": _("Pause"),
    "series.play": _("Play the training"),
    "series.pause": _("Pause"),
    "series.iteration": _("{name} {number} of {count}"),
    "series.name": _("{name}, line {line}"),
    "series.none": _("no loop"),
    "series.curve": _("{name} over {count} passes, from {low} to {high}"),
    "copied": _("Copied"),
    "copy.failed": _("Copying is not allowed here; the text is selected."),
    "slider.literal": _("Literal in line {line}"),
    "gradient.of": _("{name}.backward(gradient=…)"),
    "grid.edit": _("Edit the grid"),
    "slider.remove": _("Remove this slider"),
    "predict.title": _("Predict, then reveal"),
    "predict.progress": _("{place} of {count}, in the order of backward"),
    "predict.ask": _("What is the gradient at {name}{element}?"),
    "predict.check": _("Check the answer"),
    "predict.reveal": _("Reveal"),
    "predict.revealed": _("Revealed"),
    "predict.next": _("Next"),
    "predict.again": _("Again"),
    "predict.choose": _("Choose what is asked (the link remembers it)"),
    "predict.right": _("Right."),
    "predict.wrong": _("Not yet. Your answer was {given}."),
    "predict.unreadable": _("That is not a number. Type one such as 0.5, -2e-3 or 1/6."),
    "predict.finished": _("All {count} predicted: {right} right at the first try."),
    "colour.legend.value": _("mean size of the value (log scale)"),
    "colour.legend.gradient": _("mean size of the gradient (log scale)"),
}
"""By key; braces hold what the scripts fill in."""


def script_words(translate: Callable[[str], str]) -> dict[str, str]:
    """Return the words in one language.

    Args:
        translate: the gettext of that language.
    """
    return {key: translate(text) for key, text in WORDS.items()}
