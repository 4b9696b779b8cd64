"""The policy lens: what would have been found under another edition, and what it must not say (requirements §5.3)."""

import datetime as dt
from dataclasses import replace

import pytest

from ledger.errors import Refused
from ledger.procedure.command import parse
from ledger.procedure.declare import About
from ledger.procedure.edition import moment, shipped
from ledger.procedure.entry import Entry
from ledger.procedure.events.agency import LedgerOpened
from ledger.procedure.events.operations import CommandRefused
from ledger.procedure.lens import Seen, look
from ledger.procedure.refusal import codes_of

AGENCY, OPERATIONS = About("agency", "agency"), About("operations", "operations")
EDITIONS = {name: s.edition for name, s in shipped().items()}
BEFORE = "2026-09-22T16:00:00+01:00"  # the duty of section 16LA begins on 30 September
SINCE = "2026-10-06T11:00:00+01:00"


class Book:
    """A history kept as a ledger keeps it: the genesis first, every entry with its command and time of recording."""

    def __init__(self, h, **agency):
        self.history = h.History(**agency)
        since = moment("2024-04-22T09:00:00+01:00")
        genesis = LedgerOpened(
            charter=b"",
            mldsa_public=b"",
            recovery_signature=b"",
            agency_kind=self.history.agency.kind,
            flags=self.history.agency.flags,
            editions=tuple((name, s.sha256) for name, s in shipped().items()),
        )
        self.entries: list[Entry] = []
        self._keep([Entry(AGENCY, genesis, None, since, since, version=1)], since)
        self._keep(self.history.entries, since)
        self.history.open()
        self._keep(self.history.entries[len(self.entries) - 1 :], self.history.now)

    def do(self, do, **said):
        before = len(self.history.entries)
        found = self.history.do(do, **said)
        self._keep(self.history.entries[before:], self.history.now)
        return found

    def refused(self, do, *, at, **said):
        """A refused command leaves its trace, as `Recording` leaves it."""
        with pytest.raises(Refused) as refusal:
            self.history.judged(do, at=at, **said)
        agency, now = self.history.agency, self.history.now
        command = parse({"do": do, **{name: value for name, value in said.items() if value is not None}})
        trace = CommandRefused(
            command_type=do,
            rule_ids=refusal.value.rules,
            codes=codes_of(command, agency),
            editions=agency.book.context(now).ids,
        )
        self._keep([Entry(OPERATIONS, trace, None, now, now, mode=command.mode)], now)
        return list(refusal.value.rules)

    def _keep(self, entries, now):
        for entry in entries:
            number = len(self.entries) + 1
            command_id = self.entries[-1].command_id if entry.ordinal else str(number)
            at = now.astimezone(dt.UTC)
            self.entries.append(replace(entry, command_id=command_id, position=number, recorded_at=at))

    def lens(self, edition, unopened=()):
        seen = [Seen(entry, dict(unopened).get(entry.position, "")) for entry in self.entries]
        return look(seen, self.history.agency, EDITIONS[edition] if isinstance(edition, str) else edition)

    def differences(self, edition):
        return [(row.rule, row.then, row.under) for row in self.lens(edition).rows if row.differs]


@pytest.fixture
def book(h):
    return Book(h)


def unsure(h):
    """As D-3 of the scenario: withheld for want of law and consent, and nothing said of the risk."""
    codes = {"reason_codes": ["uncertain_law", "no_consent"], "reasons": "not sure", "requester_told_at": BEFORE}
    return h.withholding("D-3", if_withheld=codes)


def test_what_was_withheld_before_the_duty_to_share_would_be_refused_under_it(book, h):
    found = book.do("DecisionMade", at=BEFORE, **unsure(h))
    assert {"B WH-02", "W WH-03", "W WH-04"} <= set(found)
    seen = book.lens("ca2004-16LA")
    [row] = [row for row in seen.rows if row.differs]
    assert (row.rule, row.then, row.under, row.refused, row.decision) == ("WH-03", "W", "E", True, "D-3")
    assert "more detrimental to the child" in row.message
    assert not seen.in_force(row)
    assert seen.heading == "Hindsight view under ca2004-16LA; not a compliance finding"
    assert seen.totals == {
        "judged": len(book.entries) - 1,
        "differences": 1,
        "would_be_refused": 1,
        "decisions_affected": 1,
        "cannot_be_judged": 0,
    }
    assert (seen.position, seen.applies) == (len(book.entries), True)


def test_a_fact_stays_a_fact(book, h):
    book.do("DecisionMade", at=BEFORE, **{**unsure(h), "mode": "fact"})
    assert book.differences("ca2004-16LA") == [("WH-03", "W", "B")]


def test_what_a_refused_command_would_be_refused_for_is_unchanged_under_the_advice(book, h):
    plan = {"at": SINCE, "case": h.CASE, "mode": "plan"}
    for_tasks = {"regime": "uk_gdpr", "art6": [{"code": "6(ea)", "annex1_para": "6"}]}
    assert book.refused("DecisionMade", **plan, **h.decision(legal_basis=for_tasks)) == ["LB-10"]
    interests = {"regime": "uk_gdpr", "art6": [{"code": "6(f)"}]}
    assert "LB-08" in book.refused("DecisionMade", **plan, **h.decision("D-2", legal_basis=interests))
    for edition in ("dfe-is-2018-07", "dfe-is-2024-04"):
        rows = [(row.rule, row.then, row.under) for row in book.lens(edition).rows]
        assert {("LB-10", "E", "E"), ("LB-08", "E", "E")} <= set(rows)
        assert book.differences(edition) == []
    assert book.differences("ukgdpr-2020-12-31") == [("LB-10", "E", "")]  # it says of no rule that it would fire anew


def test_a_condition_that_was_not_in_force_is_judged_by_its_code(book, h):
    early = {"at": "2025-10-06T11:00:00+01:00", "case": h.CASE, "mode": "plan"}
    seventh = {"regime": "uk_gdpr", "art6": [{"code": "6(ea)", "annex1_para": "6"}]}
    assert "LB-03" in book.refused("DecisionMade", **early, **h.decision(legal_basis=seventh, informing=[]))
    assert ("LB-03", "E", "") in book.differences("ukgdpr-2026-02-05")
    assert "LB-03" not in {rule for rule, _, _ in book.differences("ukgdpr-2020-12-31")}


def test_a_statute_that_was_cited_too_soon_is_not_to_be_had_from_codes(book, h):
    cited = {"regime": "uk_gdpr", "art6": [{"code": "6(c)", "citation": "Children Act 2004 s.16LA"}]}
    plan = {"at": BEFORE, "case": h.CASE, "mode": "plan"}
    assert "LB-03" in book.refused("DecisionMade", **plan, **h.decision(legal_basis=cited))
    [row] = [row for row in book.lens("ca2004-16LA").rows if row.rule == "LB-03"]
    assert (row.under, row.cannot) == ("", "cannot be judged: it cited what was not kept")


def test_under_what_governed_nothing_changes(book, h):
    book.do("DecisionMade", at=SINCE, **h.withholding("D-1"))
    book.do("DisclosureMade", at=SINCE, **h.disclosure("X-1", how={"method": "insecure_email"}))
    book.do("ConsentGiven", at=SINCE, **h.consent())
    late = h.disclosure("X-2", when="2026-09-29T10:00:00+01:00", decision__urgent=True, decision__urgent_reason="today")
    book.do("DisclosureMade", at=SINCE, **late)
    assert {f.rule for entry in book.entries for f in entry.findings} >= {"SE-01", "ST-05"}
    for name in book.history.agency.book.context(moment(SINCE)).ids:
        if EDITIONS[name].family in ("ukgdpr", "dfe-is", "wt", "wm-2.10", "ca2004-16LA", "ledger", "dpa2018"):
            seen = book.lens(name)
            assert [row for row in seen.rows if (row.differs and seen.in_force(row)) or row.cannot] == [], name


def test_what_the_decision_would_have_been_found_is_not_found_again_of_its_disclosure(book, h):
    """The second history is judged beside itself: without the duty to inform of 2.10 nothing is missing from either."""
    strict = replace_rule("dfe-is-2024-04", "CN-09", gate="W", fact="W")
    book.do("DecisionMade", at=SINCE, case=h.CASE, mode="plan", **h.decision("D-1"))
    made = h.changed(h.disclosure("X-1"), decision=None, decision_id="D-1")
    assert "I CN-09" not in book.do("DisclosureMade", at=SINCE, **made)
    assert book.differences(strict) == [("CN-09", "I", "W")]


def replace_rule(edition_id, rule, **levels):
    from ledger.procedure.declare import changed

    edition = EDITIONS[edition_id]
    text = changed(edition.rules[rule], **levels)
    return changed(edition, edition_id="another", rules={**edition.rules, rule: text})


def test_a_carried_decision_and_its_disclosure_are_one_act(book, h):
    strict = replace_rule("dfe-is-2024-04", "CN-09", gate="W", fact="W")
    book.do("DisclosureMade", at=SINCE, **h.disclosure("X-1"))
    [row] = [row for row in book.lens(strict).rows if row.differs]
    assert (row.entry.name, row.rule, row.then, row.under) == ("DecisionMade", "CN-09", "I", "W")


def test_an_edition_registered_late_re_judges_nothing_and_the_lens_lists_the_decisions(book, h):
    book.do("DecisionMade", at=BEFORE, case=h.CASE, mode="plan", **h.decision("D-1"))
    stored = [entry.findings for entry in book.entries]
    late = {
        "edition_id": "wt-2026-08",
        "based_on": "wt-2026",
        "in_force_from": "2026-08-01",
        "rules": {"CN-09": {"gate": "W", "fact": "W", "message": "Shared without consent."}},
    }
    book.do("PolicyEditionRegistered", at=SINCE, edition=late)
    assert [entry.findings for entry in book.entries[: len(stored)]] == stored
    edition = book.history.agency.editions["wt-2026-08"]
    seen = book.lens(edition)
    assert [(row.decision, row.rule, row.under, seen.in_force(row)) for row in seen.rows if row.differs] == [
        ("D-1", "CN-09", "W", True)
    ]
    assert seen.totals["decisions_affected"] == 1


def test_an_edition_for_other_agencies_changes_nothing(h):
    book = Book(h, kind="voluntary_charity", flags={})
    book.do("DecisionMade", at=BEFORE, **unsure(h))
    seen = book.lens("ca2004-16LA")
    assert not seen.applies
    assert [row for row in seen.rows if row.differs] == []


def test_what_cannot_be_opened_is_said_and_not_judged(book, h):
    book.do("DecisionMade", at=BEFORE, **h.withholding("D-1"))
    erased = book.entries[-1]
    bare = h.changed(h.withholding("D-1")["if_withheld"], detriment_comparison=None, risk_of_not_sharing=None)
    event = parse({"do": "DecisionMade", **h.withholding("D-1", if_withheld=bare, reasons=None)}).event
    book.entries[-1] = replace(erased, event=event)
    [row] = [row for row in book.lens("ca2004-16LA", {erased.position: "erased"}).rows if row.cannot]
    assert (row.entry.position, row.cannot, row.differs) == (erased.position, "cannot be judged: erased", False)


def test_what_this_release_would_not_find_again_is_not_put_down_to_the_edition(book, h):
    """A stored finding whose grounds are gone: nothing is said of that rule, and why."""
    book.do("DecisionMade", at=BEFORE, **unsure(h))
    book.entries[-1] = replace(book.entries[-1], findings=())
    cannot = {row.rule: row.cannot for row in book.lens("ca2004-16LA").rows if row.cannot}
    assert cannot["WH-03"] == "cannot be judged: this release does not find what was found then"
    gone = book.lens("ca2004-16LA", {len(book.entries) - 1: "erased"})
    assert {row.cannot for row in gone.rows if row.rule == "WH-03"} == {"cannot be judged: what it rests on was erased"}


def test_what_cannot_be_opened_stays_as_it_was_found_in_the_second_history(book, h):
    """Nothing is said of the decision; of the disclosure that carries it out it is, and on what that rests."""
    strict = replace_rule("dfe-is-2024-04", "CN-09", gate="W", fact="W")
    book.do("DecisionMade", at=SINCE, case=h.CASE, mode="plan", **h.decision("D-1"))
    decided = book.entries[-1].position
    book.do("DisclosureMade", at=SINCE, **h.changed(h.disclosure("X-1"), decision=None, decision_id="D-1"))
    rows = [row for row in book.lens(strict, {decided: "erased"}).rows if row.differs or row.cannot]
    assert [(row.entry.name, row.rule, row.under, row.cannot, row.note) for row in rows] == [
        ("DecisionMade", "", "", "cannot be judged: erased", ""),
        ("DisclosureMade", "CN-09", "W", "", "other content of this file was erased"),
    ]
