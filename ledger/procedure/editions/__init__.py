"""Policy as dated data: the editions of law and guidance that are shipped, one JSON file each.

`edition.py` says what such a file holds and which editions govern a moment.
"""
