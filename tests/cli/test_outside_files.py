"""Files that somebody took for others: each verb says what they seem to be, and what to do with them."""

import re

import pytest

WHY = ("--purpose", "practice_review", "--basis", "6(e)", "--reasons", "asked for", "--marking", "OFFICIAL")
SEEMS = {
    "case.r7x": "it seems to be an extract: 'extract verify' checks it",
    "case.html": "it seems to be a web page, as the readable twin of an extract is",
    "parcel": "it seems to be a parcel, sealed to the ledger {tvp}: that ledger alone opens it, with 'receive'",
    "parcel, cut": "it seems to be a parcel, cut short or of a newer version: have it sent again",
    "card": "it seems to be an agency's card, which says whom to trust: give it with --trust, or to 'trust add'",
    "trust.json": "it seems to be a trust file, which says whom to trust: give it with --trust",
    "vkey": "it seems to be a public key (vkey), which says whom to trust: give it with --trust",
    "checkpoint": "it seems to be a checkpoint of a ledger: 'verify --against' takes it",
    "proof": "it seems to be a proof of one record: 'verify --against' takes it",
    "record": "it seems to be one record, as 'prove --record' writes it",
    "growth": "it seems to be a proof that a ledger grew: 'cosign' and 'fork evidence' take it",
    "verdict": "it seems to be a signed verdict on a ledger: 'pack verify' checks it",
    "policy": "it seems to be a policy of witnesses: give it with --policy",
    "document": "it seems to be a Word or Excel document, or another archive",
    "pdf": "it seems to be a PDF",
    "database": "it seems to be a database: to verify a ledger, name its folder",
    "key": "it seems to be a private key: give it to nobody",
    "empty": "it is empty. Get it again",
    "letter": "it is nothing that RuleSeven writes",
    "bytes": "it is nothing that RuleSeven writes",
    "utf-16": "it is text in UTF-16, as some systems write it. Save it again in UTF-8",
}
OF_A_LIBRARY = re.compile(r"msgpack|unpack|ExtraData|ValueError|Expecting|codec|\bline 1 col|did not expect")


@pytest.fixture
def files(ruleseven, book, tmp_path):
    """A file of each kind, by its name above; the ledger's own id and its partner's."""

    def run(*words, folder=book):
        made = ruleseven("-C", folder, *words)
        assert made.code == 0, made
        return made

    where, tvp = tmp_path / "files", tmp_path / "tvp"
    where.mkdir()
    person = {"do": "PersonLinked", "case": "HM-1", "person_id": "P1", "roles": ["child"], "name": "Zoë"}
    assert ruleseven("-C", book, "record", stdin=[{"do": "CaseOpened", "case": "HM-1"}, person]).code == 0
    police = (
        "--id",
        "TVP",
        "--agency",
        "Thornvale Police",
        "--kind",
        "police",
        "--recovery",
        tmp_path / "t",
        "--practice",
    )
    run("init", *police, folder=tvp)
    run("key", "card", "--out", where / "card")
    run("key", "card", "--out", tmp_path / "tvp.card", folder=tvp)
    run("trust", "add", where / "card", "--as", "HMC", "--out", where / "trust.json")
    (where / "vkey").write_text(run("key", "show", "--vkey").out)
    case = ("extract", "create", "--case", "HM-1", "--to", "the panel", *WHY)
    run(*case, "--out", where / "case.r7x", "--html", where / "case.html")
    run(*case, "--for", tmp_path / "tvp.card", "--parcel", "--out", where / "parcel")
    (where / "parcel, cut").write_bytes((where / "parcel").read_bytes()[:30])
    run("checkpoint", "--out", where / "checkpoint")
    run("prove", "3", "--out", where / "proof", "--record", where / "record")
    run("consistency", "2", "4", "--out", where / "growth")
    run("pack", "evidence", "--out", where / "verdict")
    (where / "policy").write_text('{"ruleseven": "witness policy", "k": 1, "witnesses": {}}')
    (where / "document").write_bytes(b"PK\x03\x04" + bytes(60))
    (where / "pdf").write_bytes(b"%PDF-1.7\n")
    (where / "database").write_bytes((book / "ledger.db").read_bytes())
    (where / "key").write_bytes((tmp_path / "recovery").read_bytes())
    (where / "empty").write_bytes(b"")
    (where / "letter").write_text("Dear panel,\nhere it is.\n")
    (where / "bytes").write_bytes(bytes(range(256)))
    (where / "utf-16").write_bytes('{"ruleseven": "trust"}'.encode("utf-16"))
    assert {file.name for file in where.iterdir()} == SEEMS.keys()
    return where, ruleseven("-C", tvp, "key", "show", "--json").json["ledger"]


VERBS = {  # the verb without the file, what it takes, and which of the files are such
    "extract verify": (("extract", "verify", "{file}", "--trust", "{card}"), "extract", {"case.r7x"}),
    "pack verify": (("pack", "verify", "{file}", "--trust", "{card}"), "signed verdict", {"verdict"}),
    "fork verify": (("fork", "verify", "{file}", "--trust", "{card}"), "evidence of a fork", set()),
    "--trust": (
        ("extract", "verify", "{case}", "--trust", "{file}"),
        "trust file, card or public key",
        {"card", "trust.json", "vkey"},
    ),
    "trust add": (("trust", "add", "{file}", "--as", "X", "--out", "{out}"), "agency's card", {"card"}),
}


@pytest.mark.parametrize("verb", VERBS)
def test_what_was_taken_for_another_is_named(ruleseven, files, tmp_path, plain_error, verb):
    where, tvp = files
    words, what, such = VERBS[verb]
    for name, seems in SEEMS.items():
        named = {"file": where / name, "card": where / "card", "case": where / "case.r7x", "out": tmp_path / "out"}
        outcome = ruleseven(*(word.format(**named) for word in words))
        if name in such:
            assert outcome.code == 0, outcome
            continue
        plain_error(outcome, 2)
        if verb == "--trust" and name in ("growth", "policy"):  # JSON, as a trust file is
            what_said = f"{name} is not a trust file of RuleSeven: "
        else:
            what_said = f"{name} is no {what}: "
        assert outcome.err.startswith(what_said + seems.format(tvp=tvp)), outcome.err


@pytest.mark.parametrize("verb", VERBS)
def test_what_is_damaged_is_told_in_our_own_words(ruleseven, files, tmp_path, verb):
    """Cut short, and with something after its end: a verdict or one plain sentence that names the file."""
    where, _ = files
    words, _, _ = VERBS[verb]
    for name in ("case.r7x", "card", "verdict", "trust.json", "checkpoint", "parcel"):
        data = (where / name).read_bytes()
        for damaged in (data[: len(data) * 2 // 3], data + b"\0", data[:20]):
            file = tmp_path / "given"
            file.write_bytes(damaged)
            named = {"file": file, "card": where / "card", "case": where / "case.r7x", "out": tmp_path / "out"}
            outcome = ruleseven(*(word.format(**named) for word in words))
            assert outcome.code in (1, 2), outcome
            said = outcome.err or outcome.out
            assert said.startswith(("given ", "Failed: ")), said
            assert not OF_A_LIBRARY.search(said), said


def test_a_sentence_about_bytes_begins_as_sentences_do(ruleseven, book, files, plain_error):
    """Whatever stands after a file's name elsewhere: here nothing stands before it."""
    where, _ = files
    recover = ruleseven("-C", book, "key", "recover", "--recovery", where / "letter", "--distrust-from", "3")
    plain_error(recover, 2)
    assert recover.err == "This is not an OpenSSH private key file.\n"
    for first, second, which in (("letter", "checkpoint", "first"), ("checkpoint", "case.r7x", "second")):
        words = (where / first, where / second, "--card", where / "card", "--out", where / "out")
        evidence = ruleseven("-C", book, "fork", "evidence", *words)
        plain_error(evidence, 2)
        assert evidence.err.startswith(f"The {which} file is no checkpoint that can be used: ")
    assert not (where / "out").exists()
