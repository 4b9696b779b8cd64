"""A review across agencies: what the ledgers and extracts of several agencies tell together.

Read `told.py` (one ledger's records from all its sources), then `people.py` (who is one person, and what stands for
them), then each part: `merged.py`, `checks.py`, `coded.py`; `answer.py` joins them. All of it is a pure function of
readings. What the reviewer says stands in the review's own ledger, and is shown beside the entries it points at.
"""

from projections.review.answer import PARTS, Wanted, review_answer

__all__ = ["PARTS", "Wanted", "review_answer"]
