"""What judgement knows: the agency and one file (a case or a scheme application), folded from their streams.

`world.py` holds the registry of folds and the `World` a rule is shown; `agency.py`, `case.py` and `scheme.py` hold
the states and one fold for each event that changes them.
"""
