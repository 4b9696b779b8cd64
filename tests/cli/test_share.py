"""`share`: as little as can be said at 2 am, what is filled in, what is asked, and what is never a dead end."""

import pytest

AT = ("--recorded-at", "2026-09-08T02:10:00+01:00")
URGENT = ("share", "HM-7", "--about", "C1", "-f", "bruises", "-t", "TVP", "-w", "his father is on the way", "-u", *AT)
ORDINARY = ("share", "HM-1", "-f", "absent since May", "-t", "KYP", "-w", "they mentor her", *AT)
WHERE = {"case": "HM-1", "recorded_at": "2026-09-07T09:00:00+01:00"}
CASE = [
    {"do": "CaseOpened", **WHERE},
    {"do": "PersonLinked", "person_id": "C1", "roles": ["child"], "dob": "2012-03-02", **WHERE},
    {"do": "PersonLinked", "person_id": "P1", "roles": ["parent", "person_with_pr"], **WHERE},
]
CONSENT = {
    "do": "ConsentGiven",
    "consent_id": "CON-1",
    "data_subject": "C1",
    "given_by": "C1",
    "authority": "self",
    "competence_ref": "CA-1",
    "purposes": ["promote_welfare"],
    "items": ["attendance"],
    "recipients": ["KYP"],
    "freely_given": True,
    "informed_of_withdrawal_right": True,
    "expires_at": "2026-12-07",
    **WHERE,
}


@pytest.fixture
def case(office, ruleseven):
    """A case with a child of 14 and her mother, neither of whom has been told anything."""
    assert ruleseven("-C", office, "record", stdin=CASE).code == 0
    return office


def kinds(outcome):
    return [record["kind"].split("/")[1] for record in outcome.json["records"]]


def found(outcome):
    return [f"{finding['level']} {finding['rule']}" for finding in outcome.json["findings"]]


def test_an_urgent_share_of_a_new_case_needs_five_answers(ruleseven, office, stored):
    outcome = ruleseven("-C", office, *URGENT, "--json")
    assert outcome.code == 0, outcome
    assert outcome.json.keys() >= {"line", "records", "findings"}
    assert kinds(outcome) == ["CaseOpened", "PersonLinked", "InformationRecorded", "DecisionMade", "DisclosureMade"]
    assert found(outcome) == ["I CN-09", "W NM-03"]
    [decision] = stored(office, "DecisionMade")
    assert (decision["mode"], decision["urgent"], decision["risk_level"]) == ("plan", True, "immediate")
    assert decision["urgent_reason"] == "his father is on the way"
    assert decision["to_complete"] == ["NM-01", "NM-02"]
    assert decision["reasons"] is None
    assert decision["data_subjects"]["C1"]["reason"] == "urgent"
    told = {(entry.get("person"), entry["exception"], entry["review_on"]) for entry in decision["informing"]}
    assert told == {("C1", "urgent_inform_after", "2026-09-09"), (None, "cannot_locate", "2026-09-09")}
    [disclosure] = stored(office, "DisclosureMade")
    assert disclosure["how"]["method"] == "secure_email"
    assert disclosure["what"]["items"] == ["I-1"]
    assert disclosure["by"]["staff"] == "SW-1"
    [person] = stored(office, "PersonLinked")
    assert (person["person_id"], person["roles"]) == ("C1", ["child"])


def test_immediate_risk_is_urgent_unless_it_is_said_not_to_be(ruleseven, case, stored):
    immediate = (*ORDINARY, "--risk", "immediate", "--if-told", "child")
    assert ruleseven("-C", case, *immediate).code == 0
    assert ruleseven("-C", case, *immediate, "--not-urgent").code == 0
    assert [decision["urgent"] for decision in stored(case, "DecisionMade")] == [True, None]


def test_one_sentence_serves_an_ordinary_share_and_nothing_is_left_to_find(ruleseven, case, stored):
    outcome = ruleseven("-C", case, *ORDINARY, "--if-told", "told", "--json")
    assert outcome.code == 0, outcome
    assert kinds(outcome) == ["InformationRecorded", "DecisionMade", "DisclosureMade"]
    assert found(outcome) == ["I CN-09"]
    [decision] = stored(case, "DecisionMade")
    tests = ("reasons", "necessity", "proportionality", "relevance", "adequacy")
    assert {decision[name] for name in tests} == {"they mentor her"}
    assert decision["safety_and_wellbeing"]["individual"] == "they mentor her"
    assert {entry["person"] for entry in decision["informing"]} == {"C1", "P1"}
    [condition] = decision["legal_basis"]["art6"]
    assert (condition["code"], condition["citation"]) == ("6(e)", "Children Act 2004 s.11")
    assert decision["to_complete"] == []


def test_what_is_recorded_already_is_named_and_opinion_is_marked(ruleseven, case, stored):
    opinion = {"do": "InformationRecorded", "item_id": "OP", "person": "C1", "statement_kind": "professional_opinion"}
    assert ruleseven("-C", case, "record", stdin=[{**opinion, **WHERE}]).code == 0
    shared = ruleseven(
        *("-C", case, "share", "HM-1", "--item", "OP", "-t", "KYP", "-w", "x", "--if-told", "told", "--json", *AT)
    )
    assert kinds(shared) == ["DecisionMade", "DisclosureMade"]
    assert found(shared) == ["W AC-01", "I CN-09"]
    [disclosure] = stored(case, "DisclosureMade")
    assert (disclosure["what"]["items"], disclosure["opinion_marked"]) == (["OP"], True)


def test_what_happened_is_a_fact_and_what_is_to_come_a_plan(ruleseven, case, stored):
    told = (*ORDINARY, "--if-told", "told")
    assert ruleseven("-C", case, *told, "--at", "2026-09-07T23:50:00+01:00").code == 0
    assert ruleseven("-C", case, *told, "--at", "2026-09-09T09:00:00+01:00").code == 0
    assert ruleseven("-C", case, *told, "--happened").code == 0
    assert [made["mode"] for made in stored(case, "DisclosureMade")] == ["fact", "plan", "fact"]
    assert stored(case, "DisclosureMade")[0]["when"] == "2026-09-07T22:50:00Z"
    assert len({made["disclosure_id"] for made in stored(case, "DisclosureMade")}) == 3


def test_what_happened_is_recorded_whatever_is_wrong_with_it(ruleseven, case):
    outcome = ruleseven("-C", case, *ORDINARY, "--happened", "--how", "fax", "--json")
    assert outcome.code == 0
    assert found(outcome) == ["I CN-09", "W IN-01", "W IN-02", "B SE-01"]


def test_whoever_is_on_duty_may_record(ruleseven, office, stored):
    assert ruleseven("-C", office, *URGENT, "--actor", "AGENCY-TEMP-3").code == 0
    assert stored(office, "DisclosureMade")[0]["by"]["staff"] == "AGENCY-TEMP-3"


def test_missing_answers_name_their_flags_and_leave_no_trace(ruleseven, case, book, plain_error):
    before = ruleseven("-C", case, "verify", "--json").json["records"]
    outcome = ruleseven("-C", case, "share", "HM-1")
    plain_error(outcome, 2)
    for flag in ("--fact", "--to", "--why"):
        assert flag in outcome.err
    assert "--about" not in outcome.err
    new = ruleseven("-C", case, "share", "HM-8", "-f", "x", "-t", "KYP", "-w", "y")
    plain_error(new, 2)
    assert "--about" in new.err
    plain_error(ruleseven("-C", case, "share"), 2)
    unsorted = ruleseven("-C", case, *ORDINARY[:2], "--know", "x", "-t", "KYP", "-w", "y")
    plain_error(unsorted, 2)
    assert "--as" in unsorted.err
    assert ruleseven("-C", case, "verify", "--json").json["records"] == before


def test_without_an_approved_method_it_is_asked_how(ruleseven, book, plain_error):
    outcome = ruleseven("-C", book, *URGENT)
    plain_error(outcome, 2)
    assert "--how" in outcome.err
    assert "--why" not in outcome.err


def test_nobody_acts_unnamed(ruleseven, tmp_path, plain_error):
    made = ruleseven(
        *("-C", tmp_path / "a", "init", "--id", "A", "--agency", "A", "--kind", "other", "--practice"),
        *("--recovery", tmp_path / "r", "--at", "2024-01-02T09:00:00Z"),
    )
    assert made.code == 0
    outcome = ruleseven("-C", tmp_path / "a", *URGENT)
    plain_error(outcome, 2)
    assert "--actor" in outcome.err


def test_a_refusal_says_which_flag_answers_it_and_leaves_its_trace(ruleseven, case, stored):
    outcome = ruleseven("-C", case, *ORDINARY, "--json")
    assert outcome.code == 3
    assert outcome.json["refused"] == ["IN-01", "IN-02"]
    assert outcome.json["message"].endswith("Answer with --if-parents-told, --if-told.")
    assert [refused["rule_ids"] for refused in stored(case, "CommandRefused")] == [["IN-01", "IN-02"]]
    assert stored(case, "DecisionMade") == []
    assert stored(case, "InformationRecorded") == []
    assert "refused: IN-01" in ruleseven("-C", case, *ORDINARY).out


@pytest.mark.parametrize(
    ("flag", "code"),
    [("--purpose", "missng"), ("--risk", "grave"), ("--how", "pigeon"), ("--if-told", "maybe"), ("--special", "helth")],
)
def test_an_unknown_code_is_refused_and_its_flag_named(ruleseven, case, flag, code):
    outcome = ruleseven("-C", case, *ORDINARY, *(() if flag == "--if-told" else ("--if-told", "told")), flag, code)
    assert outcome.code == 3
    assert "ST-03" in outcome.out
    assert f"Answer with {flag}." in outcome.out


def test_codes_may_be_written_as_people_write_them(ruleseven, case, stored):
    said = ("--risk", "Significant Harm", "--purpose", "Missing-pattern", "--if-told", "Child")
    assert ruleseven("-C", case, *ORDINARY, *said).code == 0
    [decision] = stored(case, "DecisionMade")
    assert (decision["risk_level"], decision["purposes"]) == ("significant_harm", ["missing_pattern"])


def test_any_other_field_can_be_said(ruleseven, case, stored, plain_error):
    more = ("--say", "facts_relied_on=seen twice", "--say", "if_withheld.review_on=2027-01-05", "--say", "urgent=true")
    assert ruleseven("-C", case, *ORDINARY, "--if-told", "told", *more, "--say", "delay_cause=workload").code == 0
    [decision], [disclosure] = stored(case, "DecisionMade"), stored(case, "DisclosureMade")
    assert (decision["facts_relied_on"], decision["urgent"]) == ("seen twice", True)
    assert decision["if_withheld"]["review_on"] == "2027-01-05"
    assert disclosure["delay_cause"] == "workload"
    for wrong in ("nonsense", "=x", "purposes.x=1", "no_such_field=1"):
        plain_error_or_line = ruleseven("-C", case, *ORDINARY, "--json", "--if-told", "told", "--say", wrong)
        plain_error(plain_error_or_line, 2)


def test_consent_stands_as_the_case_says(ruleseven, case, stored):
    attends = ("--kind", "attendance", "--if-told", "told", "--json")
    assert ruleseven("-C", case, "record", stdin=[CONSENT]).code == 0
    assert found(ruleseven("-C", case, *ORDINARY, *attends)) == []
    taken_back = {"do": "ConsentWithdrawn", "consent_id": "CON-1", "by": "C1", **WHERE}
    assert ruleseven("-C", case, "record", stdin=[taken_back]).code == 0
    assert found(ruleseven("-C", case, *ORDINARY, *attends)) == ["I CN-09"]
    states = [decision["data_subjects"]["C1"]["state"] for decision in stored(case, "DecisionMade")]
    assert states == ["given", "withdrawn"]
    assert stored(case, "DecisionMade")[1]["override_reasons"] == "they mentor her"
    without, told = (made["consent_advice_to_recipient"] for made in stored(case, "DisclosureMade"))
    assert without is None
    assert (told["advised"], told["state"]) == (True, "withdrawn")


def test_what_was_told_in_confidence_and_special_categories_bring_their_own_basis(ruleseven, case, stored):
    more = ("--confidence", "--special", "health", "--offence", "--if-told", "told", "--json")
    assert found(ruleseven("-C", case, *ORDINARY, *more)) == ["I CN-09"]
    [decision], [item] = stored(case, "DecisionMade"), stored(case, "InformationRecorded")
    assert decision["confidence_justification"] == "overriding_legal_basis"
    assert decision["legal_basis"]["art9"][0]["sch1_para"] == 18
    assert decision["legal_basis"]["art10"]["sch1_para"] == 18
    assert all(item["confidential"][test] for test in ("sensitive", "not_public", "understood_not_shared"))


# On a terminal


def test_six_questions_on_a_terminal(typing, office, stored):
    typed = ["C1", "seen at the canal", "f", "KYP", "they mentor her", "", "child", "", ""]
    outcome = typing("-C", office, "share", "HM-7", *AT, typed=typed)
    assert outcome.code == 0, outcome
    asked = outcome.err
    places = [asked.index(words) for words in ("Who is it about", "What do you know", "fact or opinion", "Who needs")]
    places += [asked.index(words) for words in ("Why", "How great", "at risk if they knew", "How does it go", "Record")]
    assert places == sorted(places)
    assert "6(e) Children Act 2004 s.11" in outcome.out
    [decision] = stored(office, "DecisionMade")
    assert (decision["risk_level"], decision["informing"][0]["exception"]) == (
        "concern",
        "unsafe_increased_risk_to_child",
    )
    assert stored(office, "InformationRecorded")[0]["statement_kind"] == "fact"


def test_at_immediate_risk_the_last_two_are_not_asked(typing, office, stored):
    outcome = typing(
        "-C", office, "share", *AT, typed=["HM-7", "C1", "bruises", "o", "TVP", "he is on the way", "i", ""]
    )
    assert outcome.code == 0, outcome
    assert outcome.out.count("complete the urgent decision D-1") == 1
    assert outcome.out.count("CN-09") == 1
    assert stored(office, "DecisionMade")[0]["urgent"] is True
    assert stored(office, "InformationRecorded")[0]["statement_kind"] == "professional_opinion"


def test_a_refusal_is_the_next_question_and_leaves_no_trace_once_answered(typing, case, stored):
    outcome = typing(
        "-C", case, *ORDINARY, "--risk", "concern", "--how", "secure_email", typed=["no", "P1", "told", ""]
    )
    assert outcome.code == 0, outcome
    assert "Would telling them be more harmful to the child than not?" in outcome.err
    assert "Would telling them be more harmful than not?" in outcome.err
    [decision] = stored(case, "DecisionMade")
    assert all("informed_at" in entry for entry in decision["informing"])
    assert {entry["person"] for entry in decision["informing"]} == {"C1", "P1"}
    assert stored(case, "CommandRefused") == []


def test_a_parent_nobody_had_linked_is_linked_by_that_answer(typing, office, stored):
    typed = ["no", "P9", ""]
    flags = ("--about", "C1", "--risk", "concern", "--how", "secure_email")
    outcome = typing("-C", office, "share", "HM-7", "-f", "x", "-t", "KYP", "-w", "y", *flags, *AT, typed=typed)
    assert outcome.code == 0, outcome
    assert [person["person_id"] for person in stored(office, "PersonLinked")] == ["C1", "P9"]
    [told] = stored(office, "DecisionMade")[0]["informing"]
    assert told["person"] == "P9"


def test_an_exception_answers_it_too(typing, case, stored):
    outcome = typing(
        "-C", case, *ORDINARY, "--risk", "concern", "--how", "secure_email", typed=["", "cannot", "child", ""]
    )
    assert outcome.code == 0, outcome
    exceptions = {entry["person"]: entry["exception"] for entry in stored(case, "DecisionMade")[0]["informing"]}
    assert exceptions == {"P1": "cannot_locate", "C1": "unsafe_increased_risk_to_child"}


def test_a_refusal_left_unanswered_is_recorded_as_one(typing, case, stored):
    outcome = typing("-C", case, *ORDINARY, "--risk", "concern", "--how", "secure_email", typed=["no", ""])
    assert outcome.code == 3
    assert [refused["rule_ids"] for refused in stored(case, "CommandRefused")] == [["IN-01", "IN-02"]]
    assert stored(case, "DecisionMade") == []


def test_an_id_with_a_space_is_asked_again(typing, office, stored):
    typed = ["HM 7", "HM-7", "C 1", "C1", "he is away", "f", "TVP", "why not", "i", ""]
    assert typing("-C", office, "share", *AT, typed=typed).code == 0
    assert stored(office, "PersonLinked")[0]["person_id"] == "C1"


def test_what_is_typed_is_composed_and_what_hides_is_refused(ruleseven, case, stored, plain_error):
    told = ("--if-told", "told")
    assert ruleseven("-C", case, "share", "HM-1", "-f", "cafe\u0301", "-t", "KYP", "-w", "x", *told, *AT).code == 0
    assert stored(case, "InformationRecorded")[0]["content"] == "caf\u00e9"
    plain_error(ruleseven("-C", case, *ORDINARY, *told, "-w", "x\x1b[2J"), 2)


def test_an_unknown_code_is_asked_again(typing, case, stored):
    answered = ("--risk", "concern", "--if-told", "told", "--how", "pigeon")
    outcome = typing("-C", case, *ORDINARY, *answered, typed=["secure", "secure_e", ""])
    assert outcome.code == 0, outcome
    assert "which of" in outcome.err
    assert stored(case, "DisclosureMade")[0]["how"]["method"] == "secure_email"


def test_a_no_at_the_end_records_nothing(typing, case, stored):
    answered = ("--risk", "concern", "--if-told", "told", "--how", "secure_email")
    assert typing("-C", case, *ORDINARY, *answered, typed=["n"]).code == 130
    assert stored(case, "DecisionMade") == []
    assert typing("-C", case, *ORDINARY, *answered, "--yes", typed=[]).code == 0
    assert len(stored(case, "DecisionMade")) == 1


def test_json_stands_alone_on_a_terminal_too(typing, case):
    outcome = typing("-C", case, *ORDINARY, "--json", typed=["concern", "told", "", ""])
    assert outcome.code == 0, outcome
    assert outcome.json["line"] == 1
    assert "Basis" in outcome.err


def test_the_line_of_json_is_the_only_one(ruleseven, office):
    assert len(ruleseven("-C", office, *URGENT, "--json").out.splitlines()) == 1
