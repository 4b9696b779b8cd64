"""What is said: events, policy editions, rules and judgement. Pure: no file, no clock, no key is known here.

Read `declare.py` (how an event is declared), `events/` (what can be said), `command.py` (how somebody asks for it),
`edition.py` with `editions/` (law and guidance as dated data), `rules/registry.py` and any module beside it (whether
something is so), then `judgement.py`, which joins them. `state/` is what judgement remembers of earlier events.
"""
