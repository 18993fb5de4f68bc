"""Room for many small copies of tensors."""

import numpy as np
import torch

CHUNK_BYTES = 2**18
_ALIGNMENT = 16


class Arena:
    """Copies small tensors side by side into large chunks.

    Each in a place of its own, they would lie between the program's large tensors in the process's heap, and the holes
    that those leave could not be used again.
    """

    def __init__(self) -> None:
        self._chunk = torch.empty(0, dtype=torch.uint8)
        self._used = 0

    def copy(self, tensor: torch.Tensor) -> torch.Tensor:
        """Copy a dense tensor on the CPU."""
        size = tensor.numel() * tensor.element_size()
        if size == 0:
            return tensor.clone()
        if self._used + size > self._chunk.numel():
            # NumPy leaves it as it is, where PyTorch may have been told to fill what is empty: memory that is not
            # written to costs nothing.
            self._chunk = torch.from_numpy(np.empty(max(CHUNK_BYTES, size), dtype=np.uint8))
            self._used = 0
        place = self._chunk.narrow(0, self._used, size).view(tensor.dtype).view(tensor.shape)
        self._used += -(-size // _ALIGNMENT) * _ALIGNMENT
        return place.copy_(tensor)
