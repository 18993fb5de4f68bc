"""The tensors of the program that are known, as values between two changes."""

import weakref
from collections.abc import Iterable

import torch
from torch.multiprocessing.reductions import StorageWeakRef

from chainrule.tape.record.operations import Record, Value
from chainrule.tape.tensors.autograd_meta import base, is_leaf, version
from chainrule.tape.tensors.capture import TensorCapture, unread

_PURGE_AT = 1_000
"""Tensors that are remembered before those that are gone are looked for."""


class Values:
    """Tells what each tensor holds now.

    A tensor is taken to be unchanged while its own count of changes stands still and no operation was seen to change
    its memory: a change through ``.data`` is counted elsewhere, and that of a batch norm's running statistics nowhere.

    Args:
        capture: captures tensors.
    """

    def __init__(self, capture: TensorCapture) -> None:
        self._capture = capture
        self._known: dict[int, Value] = {}
        self._purge_at = _PURGE_AT
        self._changes = 0
        self._changed_at: dict[int, int] = {}
        """By storage, the number of its latest change."""

    def of(self, tensor: torch.Tensor) -> Value:
        """Return what is known of a tensor; one that was never met, or changed unseen, is captured now."""
        known = self.met(tensor)
        if known is None or known.version != version(tensor) or self._is_stale(known, tensor):
            known = self.keep(tensor, None, 0)
        if not known.leaf and tensor.requires_grad and is_leaf(tensor):
            known.leaf, known.owner = True, _owner(tensor)
        return known

    def met(self, tensor: torch.Tensor) -> Value | None:
        """Return what was known of a tensor when it was last met."""
        known = self._known.get(id(tensor))
        return None if known is None or known.reference() is not tensor else known

    def keep(self, tensor: torch.Tensor, record: Record | None, index: int) -> Value:
        """Capture a tensor, which keeps the names that it had before.

        Args:
            tensor: the tensor.
            record: the operation that made or changed it, where that is known.
            index: its place among the operation's outputs.
        """
        is_chance = record is not None and (record.operator.is_empty or index in record.operator.workspaces)
        snapshot = unread(tensor) if is_chance else self._capture.capture(tensor)
        value = Value(snapshot, record, index, weakref.ref(tensor), version(tensor), self._changes)
        value.storage = storage_of(tensor)
        before = self.met(tensor)
        value.made = record if before is None or before.made is None else before.made
        if before is not None and before.names is not None:
            value.names = dict(before.names)
        self._purge()
        self._known[id(tensor)] = value
        return value

    def change(self, tensor: torch.Tensor, count: int | None = None) -> tuple[tuple[int, int], ...]:
        """Note that an operation changed a tensor in place.

        Args:
            tensor: the tensor.
            count: its count of changes before, where that is over.

        Returns:
            Its storage and its count of changes, in which this one is not counted yet; nothing where it has no storage.
        """
        self._capture.forget(tensor)
        self._changes += 1
        storage = storage_of(tensor)
        if storage is None:
            return ()
        self._changed_at[storage] = self._changes
        return ((storage, version(tensor) if count is None else count),)

    def count(self, tensors: Iterable[torch.Tensor]) -> None:
        """Note how often some tensors, and what they are views of, have been changed by now.

        PyTorch counts a change in place after the operation came back, and then also tells a view of its base.
        """
        for tensor in tensors:
            for counted in (tensor, base(tensor)):
                if counted is not None and (known := self.met(counted)) is not None:
                    known.version = version(counted)

    def _is_stale(self, known: Value, tensor: torch.Tensor) -> bool:
        if known.owner is not None and known.storage != storage_of(tensor):
            return True  # the program gave the leaf another ``.data``, which nothing counts
        if known.changes == self._changes:
            return False
        storage = storage_of(tensor)
        return storage is not None and self._changed_at.get(storage, 0) > known.changes

    def _purge(self) -> None:
        """Forget tensors that are gone, now and then: a callback for each would swallow the program's deadline."""
        if len(self._known) >= self._purge_at:
            self._known = {key: value for key, value in self._known.items() if value.reference() is not None}
            self._purge_at = max(_PURGE_AT, 2 * len(self._known))


def storage_of(tensor: torch.Tensor) -> int | None:
    """Return the address of what owns a tensor's memory; None where it has none of its own."""
    try:
        return int(tensor.untyped_storage()._cdata)
    except (RuntimeError, NotImplementedError):
        # What has no storage of its own is made of other tensors, and nobody tells which.
        return None


def _owner(tensor: torch.Tensor) -> StorageWeakRef | None:
    return None if storage_of(tensor) is None else StorageWeakRef(tensor.untyped_storage())
