# A script that does without what is not installed.
import sys
import warnings
from typing import Dict, List, Optional, Tuple, Union

import torch
from torch import Tensor

try:
    import wandb

    HAS_WANDB = True
except ImportError:
    wandb = None
    HAS_WANDB = False
try:
    from apex.normalization import FusedLayerNorm as LayerNorm
except ModuleNotFoundError:
    from torch.nn import LayerNorm

if sys.version_info < (3, 8):
    raise SystemExit("needs Python 3.8")


def normalise(x: Tensor, weight: Optional[Tensor] = None, eps: float = 1e-5) -> Tuple[Tensor, Dict[str, float]]:
    norm = LayerNorm(x.shape[-1], eps=eps)
    y = norm(x) if weight is None else norm(x) * weight
    return y, {"mean": y.mean().item()}


x = torch.arange(6.0).view(2, 3).requires_grad_()
y, stats = normalise(x, torch.ones(3))
y.pow(3).sum().backward()
print(HAS_WANDB, LayerNorm.__name__, {k: round(v, 4) for k, v in stats.items()})
if HAS_WANDB:
    wandb.log(stats)
assert x.grad.sum(1).abs().max() < 1e-4  # a layer norm does not see a shift
