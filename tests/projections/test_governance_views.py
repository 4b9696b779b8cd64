"""The governance lead's registers: the state of the record, who holds what, documents, policy, access, closure."""

import pytest
from click.testing import CliRunner
from scenarios import path_of

from cli.main import root
from ledger import About, Actor, Ledger, rotate_key
from projections import rebuild, show

AGENCIES = ("AHT", "BHA", "HMC", "KYP", "NCC", "SMF", "TVP")
AT = "2026-11-20T16:00:00+00:00"
CASE = {"case": "TV-1"}


@pytest.fixture(scope="module")
def canal(tmp_path_factory):
    into = tmp_path_factory.mktemp("canal-basin")
    run = CliRunner().invoke(root, ["play", str(path_of("canal-basin")), "--into", str(into), "--json"])
    assert run.exit_code == 0, run.output
    return into


@pytest.fixture
def told(tvp):
    tvp("2026-09-01T08:00", "PolicyEditionAdopted", edition_id="wm-2.10@2024-04-19")
    tvp("2026-09-01T09:00", "CaseOpened", **CASE)
    return tvp


def of(folder, name, as_at=AT, **args):
    with Ledger.open(folder) as ledger:
        return show(ledger, name, args, as_at)


def view(told, name, as_at=None, **args):
    return show(told.ledger, name, args, as_at)


# P13


def test_what_partners_hold_of_each_ledger(canal):
    """Every receipt that was confirmed quotes a record: ten in all."""
    found = {agency: of(canal / agency, "integrity") for agency in AGENCIES}
    anchors = {agency: [(a["partner"], a["disclosure"]) for a in answer["anchors"]] for agency, answer in found.items()}
    assert anchors == {
        "AHT": [("HMC", "X-3"), ("HMC", "X-5")],
        "BHA": [("KYP", "X-1")],
        "HMC": [("TVP", "X-6"), ("NCC", "X-6"), ("BHA", "X-6")],
        "KYP": [("HMC", "X-7")],
        "NCC": [("HMC", "X-4")],
        "SMF": [("HMC", "X-8")],
        "TVP": [("HMC", "X-2")],
    }
    with Ledger.open(canal / "HMC") as ledger:
        (anchor, *_) = found["HMC"]["anchors"]
        assert ledger.reading(anchor["record"]).hash.hex() == anchor["record_hash"]
    (held,) = found["BHA"]["held"]
    assert held["hash"] == found["HMC"]["anchors"][0]["record_hash"]
    for answer in found.values():
        assert (answer["rows"], answer["totals"]["last_full_at"]) == ([], None)
        assert [(key["state"], key["first"], key["last"]) for key in answer["keys"]] == [("live", 1, None)]


def test_verifications_checkpoints_and_keys(told):
    run = {"verdict": "verified", "records": 3, "head": "ab" * 32, "signatures": 3, "erased": 1}
    told("2026-09-10T09:00", "VerificationRun", **run, every_signature=True)
    told("2026-09-11T09:00", "CheckpointSigned", size=4, root_hash="cd" * 32, origin="ruleseven-practice/00")
    failed = {"verdict": "failed", "records": 5, "failures": [{"position": 4, "step": 6}]}
    told("2026-09-12T09:00", "VerificationRun", **failed, by="an outsider")
    before = view(told, "integrity")
    made = rotate_key(told.ledger, actor=Actor(staff_ref="DPO-1", role="dpo"))
    told("2026-09-20T09:00", "CaseClosed", **CASE)
    answer = view(told, "integrity")
    newest, oldest = answer["rows"]
    assert (newest["verdict"], newest["by"], newest["full"]) == ("failed", "an outsider", False)
    assert newest["failures"] == [{"position": 4, "step": 6}]
    assert newest["findings"] == ["B IG-02"]
    assert (oldest["days_ago"], oldest["by"], oldest["full"], oldest["head"]) == (10, "DUTY-1", True, "ab" * 32)
    totals = answer["totals"]
    assert (totals["last_verdict"], totals["last_days_ago"], totals["last_full_days_ago"]) == ("failed", 8, 10)
    assert [(c["size"], c["root"]) for c in answer["checkpoints"]] == [(4, "cd" * 32)]
    assert totals["checkpoint_to"] == 4
    assert [(key["state"], key["brought_by"], key["last"]) for key in answer["keys"]] == [
        ("replaced", "charter", made.position),
        ("live", "rotation", None),
    ]
    assert [(key["state"], key["last"]) for key in before["keys"]] == [("live", None)]
    assert view(told, "integrity", "2026-09-11T12:00:00+00:00")["keys"] == before["keys"]


# P14


def test_who_holds_what_of_the_council(canal):
    answer = of(canal / "HMC", "recipients")
    told = {
        row["recipient"]: [(n["of"], n["told_at"], n["overdue"]) for n in row["corrected"]] for row in answer["rows"]
    }
    assert told == {
        "BHA": [("I-11", "2026-11-06T09:20:00+00:00", False)],
        "KYP": [("I-11", None, True)],
        "NCC": [("I-11", "2026-11-06T09:10:00+00:00", False)],
        "TVP": [("I-11", "2026-11-06T09:00:00+00:00", False)],
        "The review panel LCSPR-26-02": [],
        "another school": [],
        "family-court": [],
    }
    assert [row["recipient"] for row in answer["rows"] if row["misdirected"]] == ["another school"]
    totals = answer["totals"]
    assert (totals["notices"], totals["told"], totals["notices_overdue"]) == (4, 3, 1)
    (kestrel,) = (line for line in answer["recipients"] if line["recipient"] == "KYP")
    assert (kestrel["items"], kestrel["restricted"], kestrel["not_told"]) == (["I-10", "I-11"], 1, ["I-11"])
    assert [row["recipient"] for row in of(canal / "HMC", "recipients", item="I-13")["rows"]] == ["family-court"]
    assert len(of(canal / "HMC", "recipients", recipient="TVP")["rows"]) == 1


def test_who_holds_what_was_shared_on_a_withdrawn_consent(canal):
    first, second = of(canal / "BHA", "recipients")["rows"]
    assert (first["disclosure"], first["items"], first["consents"]) == ("X-1", ["I-1"], ["CON-1"])
    assert first["withdrawn"] == [
        {
            "of": "CON-1",
            "since": "2026-10-12T13:00:00+01:00",
            "told_at": "2026-10-12T15:00:00+01:00",
            "due": "2026-10-14T23:59:59+01:00",
            "overdue": False,
        }
    ]
    deletions = [(row["deletion"]["state"], row["deletion"]["due"][:10]) for row in (first, second)]
    assert deletions == [("confirmed", "2026-11-11"), ("overdue", "2026-11-18")]
    assert second["not_told"] == []  # KYP had heard of the withdrawal before X-9
    before = of(canal / "BHA", "recipients", "2026-10-12T14:00:00+01:00")
    assert [row["not_told"] for row in before["rows"]] == [["CON-1"]]
    assert before["rows"][0]["deletion"]["state"] == "owed"


def test_a_delivery_and_what_was_passed_on_are_held_too(told):
    scheme = {"scheme": "CS-1"}
    told("2026-09-02T09:00", "SchemeApplicationReceived", **scheme, applicant="G", subject="E", route="direct")
    delivery = {"mode": "in_person", "safe_environment_confirmed": True}
    told("2026-09-03T09:00", "SchemeDisclosureDelivered", mode="fact", **scheme, to="G", delivery=delivery, what="x")
    told("2026-09-04T09:00", "OnwardDisclosureRecorded", **CASE, disclosure_id="X-1", by="HMC", to=[{"agency": "BHA"}])
    rows = view(told, "recipients")["rows"]
    assert [(row["recipient"], row["how"], row["sort"], row["passed_on_by"]) for row in rows] == [
        ("BHA", "passed on", "agency", "HMC"),
        ("G", "delivered", "person", None),
    ]
    assert rows[1]["restrictions"]  # those that the scheme places on every disclosure


def give(told, number, day, **said):
    told(
        f"2026-09-{day:02}T09:00",
        "DisclosureMade",
        **{**CASE, "mode": "fact", "disclosure_id": f"X-{number}", "to": ["HMC"], "how": "secure_email", **said},
    )


def test_each_correction_is_to_be_told_to_whoever_had_it_before(told):
    told("2026-09-01T10:00", "InformationRecorded", **CASE, item_id="I-1", kind="health", content="x")
    give(told, 1, 2, what={"items": ["I-1"]})
    told("2026-09-03T09:00", "InformationCorrected", **CASE, item_id="I-1", correction="y")
    told("2026-09-04T09:00", "RecipientNotifiedOfCorrection", **CASE, item_id="I-1", recipient="HMC")
    give(told, 2, 5, what={"items": ["I-1"]})
    told("2026-09-06T09:00", "InformationCorrected", **CASE, item_id="I-1", correction="z")
    first, second = view(told, "recipients")["rows"]
    assert [notice["told_at"] for notice in first["corrected"]] == ["2026-09-04T10:00:00+01:00", None]
    assert [notice["since"] for notice in second["corrected"]] == ["2026-09-06T10:00:00+01:00"]


def test_what_was_deleted_of_one_disclosure_is_still_owed_of_another(told):
    told("2026-09-01T10:00", "PersonLinked", **CASE, person_id="C1", roles=["child"])
    consent = {"consent_id": "CON-1", "data_subject": "C1", "given_by": "C1", "recipients": ["HMC"]}
    told("2026-09-01T11:00", "ConsentGiven", **CASE, **consent, expires_at="2026-12-01")
    for number, day in ((1, 2), (2, 3)):
        decision = {"mode": "fact", "decision_id": f"D-{number}", "outcome": "share"}
        positions = {"C1": {"state": "given", "consent_id": "CON-1"}}
        basis = {"art6": [{"code": "6(a)"}]}
        said = {**decision, "data_subjects": positions, "legal_basis": basis, "reasons": "Asked for."}
        give(told, number, day, what={"summary": "x"}, decision=said)
    told("2026-09-04T09:00", "ConsentWithdrawn", **CASE, consent_id="CON-1")
    told("2026-09-05T09:00", "DeletionConfirmed", **CASE, consent_id="CON-1", disclosure_id="X-1", holder="HMC")
    rows = view(told, "recipients")["rows"]
    assert [row["deletion"]["state"] for row in rows] == ["confirmed", "owed"]


# P16


def test_documents_and_methods_current_and_overdue(told):
    told("2026-09-02T09:00", "DpiaCompleted", dpia_ref="DP-1", agreement_ref="ISA-1", review_on="2026-09-20")
    told("2026-09-02T10:00", "AgreementRegistered", agreement_id="ISA-1", parties=["HMC"], review_on="2026-09-10")
    told("2026-09-02T11:00", "AgreementRegistered", agreement_id="ISA-2", title="Canary title")
    told("2026-09-02T12:00", "PrivacyNoticePublished", notice_id="PN", version="3", review_on="2027-01-01")
    told("2026-09-02T13:00", "AppropriatePolicyDocumentRegistered", apd_ref="APD-1")
    told("2026-09-02T14:00", "SecureMethodApproved", method="secure_email")
    told("2026-09-03T14:00", "SecureMethodWithdrawn", method="secure_email")
    told("2026-09-11T09:00", "CaseClosed", **CASE)
    assert {(row["id"], row["state"], row["assessed"]) for row in view(told, "agreements")["rows"]} == {
        ("ISA-1", "overdue", True),
        ("ISA-2", "no review date", False),
        ("DP-1", "current", None),
        ("PN", "current", None),
        ("APD-1", "no review date", None),
        ("secure_email", "ended", None),
    }
    told("2026-09-11T10:30", "DpiaConsidered", dpia_ref="DP-2", agreement_ref="ISA-1")
    (dpia,) = (row for row in view(told, "agreements", sort="assessment")["rows"] if row["id"] == "DP-2")
    assert (dpia["state"], dpia["review_on"], dpia["review_with"]) == ("overdue", "2026-09-10", "ISA-1")
    told("2026-09-12T09:00", "AgreementReviewed", agreement_id="ISA-1", review_on="2027-09-10")
    (isa,) = (row for row in view(told, "agreements", sort="agreement")["rows"] if row["id"] == "ISA-1")
    assert (isa["state"], isa["review_on"], isa["reviewed_at"]) == (
        "current",
        "2027-09-10",
        "2026-09-12T10:00:00+01:00",
    )
    then = view(told, "agreements", "2026-09-11T10:00:00+00:00", state="overdue")
    assert [row["id"] for row in then["rows"]] == ["ISA-1"]
    (titled,) = (row for row in view(told, "agreements")["rows"] if row["id"] == "ISA-2")
    assert titled["title"] == "Canary title"
    assert b"Canary title" not in told.ledger.folder.views.read_bytes()


def test_the_documents_of_the_canal_basin(canal):
    for agency in AGENCIES:
        answer = of(canal / agency, "agreements")
        assert (answer["totals"]["agreements"], answer["totals"]["agreements_current"]) == (1, 1)
        assert answer["totals"]["agreements_assessed"] == 1
        assert answer["totals"]["overdue"] == 0


# P17


def test_the_register_of_policy_and_a_lens(canal):
    answer = of(canal / "NCC", "policy", lens="ca2004-16LA")
    assert answer["lens"]["rules"] == ["WH-03"]  # D-3 would have been refused: it compares no detriments
    assert answer["lens"]["would_be_refused"] == 1
    rows = {row["edition"]: row for row in answer["rows"]}
    assert rows["ca2004-16LA"]["in_force"]
    assert rows["dfe-is-2018-07"]["why_not"] == "no longer"
    procedure = rows["wm-2.10@2024-04-19"]
    with Ledger.open(canal / "NCC") as ledger:
        assert ledger.reading(procedure["adopted_by"]).name == "PolicyEditionAdopted"
        assert ledger.reading(procedure["registered_by"]).name == "LedgerOpened"
    before = of(canal / "NCC", "policy", on="2026-09-29")
    assert {row["edition"]: row["why_not"] for row in before["rows"]}["ca2004-16LA"] == "not yet"


def test_what_the_agency_set_for_itself(told):
    told("2026-09-02T09:00", "LocalParameterSet", name="deletion_days", value=20)
    (parameter,) = view(told, "policy")["parameters"]
    assert (parameter["name"], parameter["value"], parameter["position"]) == ("deletion_days", 20, 4)


# P18


def test_who_looked_and_what_left_the_ledger(told):
    about = [{"type": "case", "id": "TV-1"}]
    told("2026-09-01T10:00", "PersonLinked", **CASE, person_id="P1", name="Canary name")
    told("2026-09-02T09:00", "AccessLogged", staff_ref="SW-9", access="viewed", about=about, reason="Canary reason")
    told(
        "2026-09-03T09:00",
        "ExtractIssued",
        mode="fact",
        extract_id="EX-1",
        about=about,
        basis=["6(c)"],
        marking="OFFICIAL-SENSITIVE",
        to="Canary panel",
    )
    told("2026-09-04T09:00", "ExtractVerified", extract_id="EX-7", agency="HMC", verdict="verified", records=4)
    told.ledger.erase(
        "person", "P1", reason="asked for", authority="the DPO", actor=Actor(staff_ref="DPO-1", role="dpo")
    )
    answer = view(told, "access")
    assert [(row["what"], row["staff"], row["extract"], row["scope"]) for row in answer["rows"]] == [
        ("looked", "SW-9", None, None),
        ("extract issued", "DUTY-1", "EX-1", None),
        ("extract verified", "DUTY-1", "EX-7", None),
        ("erased", "DPO-1", None, "person P1"),
    ]
    looked, issued, checked, _ = answer["rows"]
    assert (looked["about"], looked["reason"]) == (["case TV-1"], "Canary reason")
    assert (issued["to"], issued["said"]["marking"]) == (["Canary panel"], "OFFICIAL-SENSITIVE")
    assert checked["said"] == {"agency": "HMC", "verdict": "verified", "records": 4}
    totals = answer["totals"]
    assert [totals[name] for name in ("looked", "extracts_issued", "extracts_verified", "erasures")] == [1, 1, 1, 1]
    assert len(view(told, "access", case="TV-1")["rows"]) == 3  # the erasure touches it, too
    assert len(view(told, "access", staff="DPO-1")["rows"]) == 1
    rebuild(told.ledger)
    assert b"Canary" not in told.ledger.folder.views.read_bytes()


# P11: closure


def states(answer):
    return [(row["rule"], row["state"], (row["closed_by"] or {}).get("event")) for row in answer["rows"]]


def test_what_became_of_the_findings_of_the_canal_basin(canal):
    northfold = of(canal / "NCC", "findings")
    taken_again = "DecisionReconsidered"
    assert states(northfold) == [
        ("AD-01", "closed", taken_again),
        ("WH-02", "closed", taken_again),
        ("WH-03", "closed", taken_again),
        ("WH-04", "closed", taken_again),
        ("CN-09", None, None),
        ("SX-01", "open", None),
        ("TM-01", "open", None),
    ]
    assert {(row["owner"], row["owner_role"]) for row in northfold["rows"]} == {("NCC-7", "practitioner")}
    council = of(canal / "HMC", "findings")
    assert ("SE-04", "closed", "PersonalDataBreachRecorded") in states(council)
    (overdue,) = council["overdue"]
    assert (overdue["rule"], overdue["state"], overdue["owner"]) == ("AC-03", "open", "HMC-7")
    assert [row["rule"] for row in of(canal / "NCC", "findings", state="open")["rows"]] == ["SX-01", "TM-01"]
    # Open until somebody sees to them; what is information asks for nothing.
    open_ = {agency: of(canal / agency, "findings")["totals"] for agency in AGENCIES}
    assert {agency: (totals["open"], totals["closed"]) for agency, totals in open_.items()} == {
        "AHT": (2, 1),
        "BHA": (10, 0),
        "HMC": (2, 1),
        "KYP": (0, 0),
        "NCC": (2, 4),
        "SMF": (1, 0),
        "TVP": (2, 0),
    }


def sent(told, number, how="insecure_email"):
    told(
        f"2026-09-0{number}T09:00",
        "DisclosureMade",
        **{**CASE, "mode": "fact", "disclosure_id": f"X-{number}", "to": ["HMC"], "how": how, "what": {"summary": "x"}},
    )
    return told.ledger.reading(told.ledger.head().position).version


def closed(told, rule="SE-01"):
    return [
        row["closed_by"]["event"] if row["closed_by"] else None for row in view(told, "findings", rule=rule)["rows"]
    ]


def test_a_note_or_a_correction_closes_what_was_found_of_its_entry(told):
    first, second, _ = (sent(told, number) for number in (2, 3, 4))
    assert closed(told) == [None, None, None]
    told("2026-09-05T09:00", "EntryAnnotated", **CASE, entry_version=second, note="The manager spoke to her.")
    told("2026-09-06T09:00", "EntryCorrected", **CASE, entry_version=first, correction="It went by secure e-mail.")
    assert closed(told) == ["EntryCorrected", "EntryAnnotated", None]
    (row, *_) = view(told, "findings", rule="SE-01")["rows"]
    assert (row["closed_by"]["staff"], row["closed_by"]["at"]) == ("DUTY-1", "2026-09-06T10:00:00+01:00")
    then = view(told, "findings", "2026-09-05T12:00:00+00:00", rule="SE-01")
    assert [row["state"] for row in then["rows"]] == ["open", "closed", "open"]


def test_what_was_found_of_the_agencys_own_acts_is_closed_by_a_note_there(told):
    """The agency's own stream is the one that a note is in where no file is named; the ledger's acts have their own."""
    told("2026-09-02T09:00", "AgreementRegistered", agreement_id="ISA-9", parties=["HMC"])
    about = [{"type": "case", "id": "TV-1"}]
    given = {"about": about, "basis": ["6(e)"], "marking": "OFFICIAL-SENSITIVE", "to": "P1"}
    told("2026-09-03T09:00", "ExtractIssued", mode="fact", purpose="subject_access", extract_mode="complete", **given)
    for stream, event in (("agency", "EntryAnnotated"), ("operations", "OperationAnnotated")):
        file = f"{stream} {stream}"
        found = [row for row in view(told, "findings")["rows"] if row["file"] == file and row["state"] == "open"]
        assert found
        told("2026-09-04T09:00", event, entry_version=found[0]["version"], note="The board has seen it.")
        rows = [row for row in view(told, "findings")["rows"] if row["file"] == file]
        assert {row["closed_by"]["event"] for row in rows if row["version"] == found[0]["version"]} == {event}
    assert [row.get("case") for row in view(told, "case")["rows"]] == ["TV-1"]


def _file(row):
    kind = "case" if "case" in row else "scheme"
    return kind, row[kind]


@pytest.mark.parametrize("agency", AGENCIES)
def test_the_list_of_files_counts_every_record_of_each(canal, agency):
    rows = of(canal / agency, "case")["rows"]
    listed = {_file(row): (row["records"], row["last_position"]) for row in rows}
    with Ledger.open(canal / agency) as ledger:
        readings = {(kind, name): list(ledger.readings(about=About(kind, name))) for kind, name in listed}
        files = {(one.about.type, one.about.id) for one in ledger.readings() if one.about.type in ("case", "scheme")}
    assert listed == {file: (len(found), found[-1].position) for file, found in readings.items()}
    assert listed.keys() == files


DISCLOSED = {"disclosure_id": "X-1", "decision_id": "D-1", "to": ["HMC"], "how": "fax", "what": {"summary": "x"}}


def test_a_managers_look_closes_what_was_found_of_a_decision_and_its_disclosure(told):
    for number in (1, 2):
        told(
            "2026-09-02T09:00",
            "DecisionMade",
            **{
                **CASE,
                "mode": "fact",
                "decision_id": f"D-{number}",
                "outcome": "share",
                "reasons": "To keep her safe.",
            },
        )
    told("2026-09-02T10:00", "DisclosureMade", mode="fact", **CASE, **DISCLOSED)
    told("2026-09-03T10:00", "DecisionReviewedByManager", **CASE, decision_id="D-1", agreed=False, comments="No.")
    rows = view(told, "findings")["rows"]
    reviewed = [row["state"] for row in rows if row["about"] == ["D-1"] or row["event"] == "DisclosureMade"]
    assert reviewed
    assert set(reviewed) <= {"closed", None}
    assert "open" in {row["state"] for row in rows}  # D-2 was not looked at


def test_what_was_done_late_is_closed_by_its_own_act(told):
    told("2026-09-02T09:00", "PersonLinked", **CASE, person_id="C1", roles=["child"])
    told("2026-09-07T09:00", "MissingEpisodeRecorded", **CASE, child="C1", episode_id="ME-1")
    told("2026-09-14T09:00", "CaseClosed", **CASE)
    assert [row["state"] for row in view(told, "findings", rule="CX-03")["overdue"]] == ["open"]
    decision = {"mode": "fact", "decision_id": "D-1", "outcome": "withhold", "data_subjects": {"C1": {}}}
    told("2026-09-15T09:00", "DecisionMade", **CASE, **decision)
    answer = view(told, "findings", rule="CX-03")
    assert ([row["closed_by"]["event"] for row in answer["rows"]], answer["overdue"]) == (["done late"], [])
