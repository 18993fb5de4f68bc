"""Formulas of the operators that move elements without computing with them."""

from chainrule.formulas.language.formula import Formula

PLACES = "The gradient goes back to the places that the elements came from; all others get 0."
ORDER = "The same numbers in another shape or order: the gradient goes back the same way."


def _moved(op: str, title: str, name: str, *parameters: str, note: str = PLACES) -> Formula:
    """Return an operator that one moving function computes, with its way back."""
    listed = "".join(f", {parameter}" for parameter in parameters)
    return Formula(op, title, f"{name}(self{listed})", {"self": f"{name}_back(grad, self{listed})"}, note)


def _reshaped(op: str, title: str) -> Formula:
    """Return an operator that changes the shape only."""
    return Formula(op, title, "reshape(self, result)", {"self": "reshape(grad, self)"}, ORDER)


SHAPES = (
    _reshaped("ViewBackward0", "View in another shape"),
    _reshaped("UnsafeViewBackward0", "View in another shape"),
    _reshaped("ReshapeAliasBackward0", "View in another shape"),
    _reshaped("SqueezeBackward0", "Dimensions of size 1 removed"),
    _reshaped("SqueezeBackward1", "A dimension of size 1 removed"),
    _reshaped("SqueezeBackward2", "Dimensions of size 1 removed"),
    _reshaped("SqueezeBackward4", "Dimensions of size 1 removed"),
    _reshaped("UnsqueezeBackward0", "A dimension of size 1 added"),
    Formula("TBackward0", "Transposition", "T(self)", {"self": "T(grad)"}, ORDER),
    Formula(
        "TransposeBackward0",
        "Two dimensions exchanged",
        "swap(self, dim0, dim1)",
        {"self": "swap(grad, dim0, dim1)"},
        ORDER,
    ),
    _moved("PermuteBackward0", "Dimensions reordered", "permute", "dims", note=ORDER),
    _moved(
        "ExpandBackward0",
        "Repetition by broadcasting",
        "expand",
        "result",
        note="An element that stands in several places gets the sum of their gradients.",
    ),
    _moved(
        "RepeatBackward0",
        "Repetition",
        "repeat",
        "repeats",
        note="An element that stands in several places gets the sum of their gradients.",
    ),
    _moved("SelectBackward0", "One index of a dimension", "select", "dim", "index"),
    _moved("SliceBackward0", "Slice", "slice", "dim", "start", "end", "step"),
    _moved("IndexBackward0", "Indexing by tensors", "index", "indices"),
    _moved("IndexSelectBackward0", "Rows by index", "index_select", "dim", "index"),
    _moved("GatherBackward0", "Gather", "gather", "dim", "index"),
    _moved("TakeBackward0", "Elements by their number", "take", "index"),
    _moved("MaskedSelectBackward0", "Elements by a mask", "masked_select", "mask"),
    _moved("FlipBackward0", "Reversed order", "flip", "dims", note=ORDER),
    _moved("RollBackward0", "Rotation along a dimension", "roll", "shifts", "dims", note=ORDER),
    _moved("DiagonalBackward0", "Diagonal", "diagonal", "offset", "dim1", "dim2"),
    _moved("DiagEmbedBackward0", "Diagonal matrix", "diag_embed", "offset", "dim1", "dim2"),
    _moved("TrilBackward0", "Lower triangle", "tril", "diagonal"),
    _moved("TriuBackward0", "Upper triangle", "triu", "diagonal"),
    _moved("ConstantPadNdBackward0", "Padding", "pad", "pad"),
    _moved("UnfoldBackward0", "Sliding windows", "unfold", "dimension", "size", "step"),
    *(
        Formula(op, title, "self", {"self": "grad"}, note)
        for op, title, note in (
            ("CloneBackward0", "Copy", "A copy passes the gradient on unchanged."),
            ("AliasBackward0", "The same tensor", "It passes the gradient on unchanged."),
            ("ToCopyBackward0", "Change of dtype or device", "The gradient is changed back to the input's dtype."),
        )
    ),
    Formula(
        "CatBackward0",
        "Concatenation",
        "cat(tensors, dim)",
        {"tensors": "narrow(grad, dim, start(tensors, dim, slot), size(tensors, dim, slot))"},
        "Each input gets back the slice of the gradient at its own position.",
        variadic=True,
    ),
    Formula(
        "StackBackward0",
        "Stacking",
        "stack(tensors, dim)",
        {"tensors": "select(grad, dim, slot)"},
        "Each input gets back the slice of the gradient at its own position.",
        variadic=True,
    ),
    Formula(
        "SplitBackward0",
        "Split into equal parts",
        "narrow(self, dim, 0, split_size)",
        {"self": "split_back(grads, self, split_size, dim)"},
        "The gradients of the parts are concatenated; a part that received none counts as 0.",
    ),
    Formula(
        "SplitWithSizesBackward0",
        "Split into parts",
        "narrow(self, dim, 0, length(result, dim))",
        {"self": "split_back(grads, self, split_sizes, dim)"},
        "The gradients of the parts are concatenated; a part that received none counts as 0.",
    ),
    Formula(
        "UnbindBackward0",
        "Taken apart along a dimension",
        "select(self, dim, 0)",
        {"self": "unbind_back(grads, self, dim)"},
        "The gradients of the parts are concatenated; a part that received none counts as 0.",
    ),
)
