"""A tensor of the graph as data."""

from typing import TYPE_CHECKING, Any

from pydantic import PrivateAttr

from chainrule.graph.data import Data, Stats, Values, Whole

if TYPE_CHECKING:
    from chainrule.graph.tensors.elements import Elements
    from chainrule.graph.tensors.statistics import Extent

_TOLD = {"values": "told_values", "stats": "told_stats", "preview": "told_preview"}
"""The fields that are made of the elements when somebody asks for them, each with what makes it."""

NUMBER_BYTES = 40
"""What a number takes in nested lists [bytes]."""


class Tensor(Data):
    """What a tensor held when it was recorded; a later in-place change does not alter it."""

    shape: list[Whole]
    dtype: str
    """Without the ``torch.`` in front: "float32"."""
    requires_grad: bool
    is_leaf: bool
    numel: Whole
    values: Values | None
    """None above the element limit."""
    stats: Stats
    preview: str
    """As torch prints it, shortened."""
    _elements: Any = PrivateAttr(None)
    """An ``Elements``; None for a tensor that came as JSON."""

    @classmethod
    def of(cls, elements: "Elements", *, requires_grad: bool, is_leaf: bool) -> "Tensor":
        """Return a tensor whose values, statistics and preview are made when they are asked for, and then kept.

        Args:
            elements: what is known of it.
            requires_grad: of the tensor.
            is_leaf: of the tensor.
        """
        made = cls.__new__(cls)
        numel = 1
        for size in elements.shape:
            numel *= size
        fields = {
            "shape": list(elements.shape),
            "dtype": elements.dtype,
            "requires_grad": requires_grad,
            "is_leaf": is_leaf,
            "numel": numel,
        }
        _set(made, "__dict__", fields)
        _set(made, "__pydantic_fields_set__", _FIELDS)
        _set(made, "__pydantic_extra__", None)
        _set(made, "__pydantic_private__", {"_elements": elements})
        return made

    @property
    def elements(self) -> "Elements | None":
        """Return what is known of the elements; None for a tensor that came as JSON."""
        private = self.__pydantic_private__  # a slot: pydantic looks for private attributes by name in three places
        return None if private is None else private["_elements"]

    @property
    def is_listed(self) -> bool:
        """Return whether ``values`` lists the elements, without making that list."""
        elements = self.elements
        return self.values is not None if elements is None else elements.listed and elements.array is not None

    @property
    def nonfinite_count(self) -> int:
        """Return how many elements are not finite, without making all statistics."""
        elements = self.elements
        return self.stats.nan + self.stats.inf if elements is None else elements.nonfinite_count()

    @property
    def is_zero(self) -> bool:
        """Return whether there are elements and all are zero, without making all statistics."""
        elements = self.elements
        return 0 < self.numel == self.stats.zero if elements is None else elements.is_zero()

    @property
    def nbytes(self) -> int:
        """Return the memory that the elements take, about [bytes]."""
        elements = self.elements
        if elements is not None:
            return elements.nbytes
        return 0 if self.values is None else NUMBER_BYTES * self.numel

    @property
    def extent(self) -> "Stats | Extent":
        """Return the statistics, or only the ends and the counts of what is not finite where no more is made yet."""
        elements = self.elements
        return self.stats if elements is None or "stats" in self.__dict__ else elements.told_extent()

    @property
    def norm(self) -> float | None:
        """Return ``stats.norm``, without what else the statistics tell."""
        elements = self.elements
        return self.stats.norm if elements is None or "stats" in self.__dict__ else elements.told_norm()

    def part(self, place: int) -> "Tensor":
        """Return the part of a stacked tensor at a place of its first dimension, always the same value.

        Raises:
            IndexError: there is none.
        """
        if self.elements is None or self.elements.array is None or not 0 <= place < (self.shape or [0])[0]:
            raise IndexError(place)
        parts = self.__pydantic_private__.setdefault("_parts", {})  # type: ignore[union-attr] # it has elements
        found = parts.get(place)
        if found is None:
            own = self.elements.part(place)
            found = parts[place] = Tensor.of(own, requires_grad=self.requires_grad, is_leaf=self.is_leaf)
        return found  # type: ignore[no-any-return] # a private attribute is of any type

    def whole(self) -> "Tensor":
        """Return the tensor itself, once all its fields are made."""
        if self.elements is not None and list(self.__dict__) != _ORDER:
            # They are written in the order in which they stand here.
            _set(self, "__dict__", {name: getattr(self, name) for name in _ORDER})
        return self

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Make a field of the elements, and keep it."""
            tell = _TOLD.get(name)
            if tell is None:
                return super().__getattr__(name)
            elements = self.elements
            if elements is None:
                raise AttributeError(name)
            value = self.__dict__[name] = getattr(elements, tell)()
            return value

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Tensor) and self.whole().__dict__ == other.whole().__dict__

        def __hash__(self) -> int:
            return hash((*self.shape, self.dtype))

        def __repr_args__(self) -> Any:
            return super(Tensor, self.whole()).__repr_args__()

        def model_dump(self, **options: Any) -> dict[str, Any]:
            """As pydantic does, once all fields are made."""
            return super(Tensor, self.whole()).model_dump(**options)

        def model_dump_json(self, **options: Any) -> str:
            """As pydantic does, once all fields are made."""
            return super(Tensor, self.whole()).model_dump_json(**options)


_set = object.__setattr__
_ORDER = list(Tensor.model_fields)
_FIELDS = set(_ORDER)
"""Shared by all tensors, which are frozen."""
