"""Pictures for whoever would rather look than read: SVG that loads and runs nothing and says in words what it shows.

Read `canvas.py` (shapes and text), then `scale.py` (time and how it is marked off), then any picture: `timeline.py`
(of `events.py`), `delays.py`, `graph.py` (of `family.py`, laid out by `layers.py`). Each takes plain rows. What is
shown by a colour is shown by a shape or a word as well.
"""
