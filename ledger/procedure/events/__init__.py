"""What can be said: every kind of event, one file for each thing it is about.

Read `vocabulary.py` (the codes), then `case.py` and `persons.py`, `consent.py`, `decision.py`, `disclosure.py` (the
case), `scheme.py` and `undertaking.py` (a disclosure scheme), `agency.py` and `operations.py` (the agency itself).
A value that a rule covers is optional here: what its absence means is for the rule to say.
"""
