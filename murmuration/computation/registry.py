"""The registry: a function by the name of each computation."""

from collections.abc import Callable
from typing import TypeAlias

from murmuration.computation.averages import Averages
from murmuration.computation.fold import Fold, Parameters
from murmuration.computation.gram import Gram
from murmuration.computation.lasso import Lasso
from murmuration.errors import MurmurationError

Begin: TypeAlias = Callable[[Parameters], Fold]

FOLDS: dict[str, Begin] = {"averages": Averages, "gram": Gram, "lasso": Lasso}

ON_GPU: dict[str, Begin] = {"gram": lambda parameters: Gram(parameters, gpu=True)}
"""Those that have a version for the GPU. Only a child process begins one: a CUDA error ends its process."""


def begin(name: str, parameters: Parameters, gpu: bool = False) -> Fold:
    """Begin a computation. Raises MurmurationError for an unknown name, or parameters it cannot use."""
    if name not in FOLDS:
        raise MurmurationError(f"expected one of the computations {', '.join(FOLDS)}, got {name[:60]!r}")
    make = ON_GPU.get(name, FOLDS[name]) if gpu else FOLDS[name]
    try:
        return make(parameters)
    except (KeyError, TypeError, ValueError) as error:
        line = f"{type(error).__name__}: {error}"[:200]
        raise MurmurationError(f"expected parameters of {name}, got {str(dict(parameters))[:100]} ({line})") from None
