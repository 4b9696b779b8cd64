"""Other ways of writing the same thing, put right in one place before a command is read.

The condition codes are written ``6(e)`` and ``9(g)`` here, after the seed. The law writes Article 6(1)(e), registers
write ``UKGDPR:6(1)(e)``, and the seed's own label is "Condition e".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_FULL = re.compile(r"(?:uk)?\W*(?:gdpr)?\W*(?:art(?:icle)?)?\W*([69])(?:\(?[12]\))?\(?([a-z]{1,2})\)?", re.IGNORECASE)
_BARE = re.compile(r"(?:condition)?\W*([a-z]{1,2})\W*", re.IGNORECASE)


def condition(code: Any, article: str = "") -> Any:
    """A condition's code in its one form, if it can be read as one; a bare letter needs the article it belongs to."""
    if not isinstance(code, str):
        return code
    if found := _FULL.fullmatch(code.strip()):
        return f"{found[1]}({found[2].lower()})"
    if article and (found := _BARE.fullmatch(code.strip())):
        return f"{article}({found[1].lower()})"
    return code


def written_out(do: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    """A command's payload with what may be written in several ways written in one."""
    result = dict(payload)
    if isinstance(result.get("legal_basis"), Mapping):
        result["legal_basis"] = _legal_basis(result["legal_basis"])
    if isinstance(result.get("decision"), Mapping):
        result["decision"] = written_out("DecisionMade", result["decision"])
    if do == "InformationRecorded" and "child" in result and "person" not in result:
        result["person"] = result.pop("child")
    if do == "DisclosureReceived" and "unknown" in result and "reasons_unknown" not in result:
        result["reasons_unknown"] = result.pop("unknown")
    if do == "ExtractIssued" and isinstance(result.get("basis"), list):
        result["basis"] = [condition(code) for code in result["basis"]]
    return result


def _legal_basis(basis: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(basis)
    for name in ("art6", "art9"):
        if isinstance(result.get(name), list):
            result[name] = [
                {**entry, "code": condition(entry["code"], name[-1])}
                if isinstance(entry, Mapping) and "code" in entry
                else entry
                for entry in result[name]
            ]
    return result
