"""The command line: people and scripts ask, the ledger and the projections answer.

Reading order: `main` (the verbs, and the one place a run ends), `wiring` (folder, keys, actor: what every verb is
given), `settings` and `passphrase` (where those come from), `exits` (an error as an exit code and a sentence), then one
file per verb. `words`, `table` and `pages` are how answers look to people; `scenario` is what `play` and `demo` read.
"""
