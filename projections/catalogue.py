"""Which questions there are: every module of this package that defines a `PROJECTION` asks one."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib.util import module_from_spec
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from ledger.errors import UnknownId
from projections.projection import Projection


def projections() -> dict[str, Projection]:
    """Every projection by name: the `PROJECTION` of each module of this package that defines one."""
    found = (getattr(module, "PROJECTION", None) for module in _modules())
    return {p.name: p for p in sorted((p for p in found if p is not None), key=lambda p: p.name)}


def chosen(names: Iterable[str] | None) -> Sequence[Projection]:
    known = projections()
    wanted = list(known) if names is None else list(names)
    for name in wanted:
        if name not in known:
            raise UnknownId(f"There is no view called {name}; there are: {', '.join(known)}.")
    return [known[name] for name in wanted]


def _modules() -> Iterator[Any]:
    """The modules of this package, as they lie beside this one: no name from outside is ever imported."""
    for info in iter_modules([str(Path(__file__).parent)], f"{__package__}."):
        if info.ispkg:
            continue  # a question is one file
        if info.name not in sys.modules:
            spec = info.module_finder.find_spec(info.name, None)
            if spec is None or spec.loader is None:
                continue
            module = sys.modules[info.name] = module_from_spec(spec)
            try:
                spec.loader.exec_module(module)
            except BaseException:
                del sys.modules[info.name]
                raise
        yield sys.modules[info.name]
