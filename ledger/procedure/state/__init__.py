"""What judgement knows: the agency and one file (a case or a scheme application), folded from their streams.

`world.py` holds the registry of folds and the `World` a rule is shown; `agency.py` with `governance.py` (agreements,
legal holds), `case.py`, `scheme.py`, `context.py` and `raised.py` (breaches, complaints, questions) hold the states and
one fold for each event that changes them.
"""
