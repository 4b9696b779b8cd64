"""Our cosignatures, checked by `tlog-scales` (from the package index)."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import fill, found
from tlog_scales.signing import Vkey
from tlog_scales.tlog import Checkpoint as Theirs

from ledger import Witness, make_card, sign_checkpoint
from ledger.proof.cosignature import Cosigner


def test_they_take_our_cosignature_for_what_it_is(tmp_path: Path) -> None:
    with found(tmp_path / "log") as log, found(tmp_path / "witness") as ledger:
        fill(log, 7)
        fill(ledger, 3)
        witness = Witness(ledger)
        witness.add(make_card(log), "the log")
        made = witness.cosign(sign_checkpoint(log).data)
        vkey = Vkey.from_string(witness.vkey)
        # Their key id is computed from name, type and key; ours stands in the vkey and in the line.
        assert vkey.key_id == Vkey(vkey.name, None, 4, vkey.pubkey).key_id
        shown = Theirs.from_text(made.data.decode())
        shown.verify(vkey)
        shown.verify(Vkey.from_string(log.vkey))
        assert Cosigner.from_vkey(Vkey(vkey.name, None, 4, vkey.pubkey).serialize()).vkey() == witness.vkey
        with pytest.raises(Exception, match=r"^$"):  # cryptography's InvalidSignature says nothing
            Theirs(shown.origin, shown.size + 1, shown.root_hash, shown.signatures).verify(vkey)
