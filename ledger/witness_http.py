"""C2SP tlog-witness over HTTP: the server that cosigns what logs submit, and the client that submits.

    POST <prefix>/add-checkpoint      old <n>\\n  base64 hash\\n (63 at most)  \\n  checkpoint

200 cosignature lines · 400 malformed · 403 not signed by the log · 404 unknown log · 409 another size was seen last
(the body says which, as text/x.tlog.size), or another root · 422 the proof does not hold · 503 nothing can be
cosigned now. Whatever is not 200 gives no cosignature, on either side.
"""

from __future__ import annotations

import base64
import re
import socket
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from ledger.checkpoints import CheckpointMade, prove_consistency
from ledger.errors import IntegrityError, Malformed, RuleSevenError, Undecided, UsageError
from ledger.growth import Behind, Contradiction, NoProof, UnknownLog, Unsigned
from ledger.ledger import Ledger
from ledger.proof import cosignature, note
from ledger.proof.cosignature import Cosigner
from ledger.proof.note import Signature
from ledger.proof.tlog_proof import MAX_HASHES
from ledger.proof.tree import HASH_SIZE
from ledger.witness import Witness

PATH: Final = "/add-checkpoint"
TEXT: Final = "text/plain; charset=utf-8"
SIZE: Final = "text/x.tlog.size"
MAX_BODY: Final = 1 << 18
TIMEOUT: Final = 10  # seconds without a byte, on either side
_OLD: Final = re.compile(rb"old (0|[1-9][0-9]{0,15})")


class Answer(NamedTuple):
    """A status, a content type and a body."""

    status: int
    kind: str
    body: bytes


def add_checkpoint(witness: Witness, body: bytes) -> Answer:
    """What a witness answers; a cosignature in it is durably noted down already."""
    try:
        made = witness.submit(*_request(body))
    except Behind as behind:
        return Answer(409, SIZE, b"%d\n" % behind.size)
    except Contradiction:  # where the evidence lies is our own affair
        return Answer(409, TEXT, b"This contradicts what was seen of that log. Nothing was cosigned; it is kept.\n")
    except RuleSevenError as error:
        kinds = {UnknownLog: 404, Unsigned: 403, NoProof: 422, UsageError: 400}
        status = next((status for kind, status in kinds.items() if isinstance(error, kind)), 503)
        # Of our own trouble a stranger learns nothing.
        return Answer(status, TEXT, b"Nothing was cosigned.\n" if status == 503 else f"{error}\n".encode())
    return Answer(200, TEXT, made.line)


class WitnessServer(ThreadingHTTPServer):
    """Serves one witness at an address; port 0 takes any that is free."""

    daemon_threads = True
    most = 32  # connections at a time
    longest = 30.0  # seconds after which one gives way to others

    def __init__(self, witness: Witness, address: tuple[str, int]) -> None:
        self.witness = witness
        self.alone = threading.Lock()
        self._opened: dict[socket.socket, float] = {}
        self._counting = threading.Lock()
        super().__init__(address, _Handler)

    def verify_request(self, request: Any, client_address: object) -> bool:  # noqa: ARG002 - the library's own
        """Whether there is room for one more connection, else it is closed; those that had their time make room."""
        now = monotonic()
        with self._counting:
            for slow in [one for one, since in self._opened.items() if now - since > self.longest]:
                del self._opened[slow]
                with suppress(OSError):
                    slow.shutdown(socket.SHUT_RDWR)  # its thread finds the end, and closes it
            if len(self._opened) >= self.most:
                return False
            self._opened[request] = now
            return True

    def shutdown_request(self, request: Any) -> None:
        """Close a connection, which makes room for another."""
        with self._counting:
            self._opened.pop(request, None)
        super().shutdown_request(request)

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - the library's own
        """A connection that broke off ends without an answer, and leaves one line here."""
        sys.stderr.write(f"A request ended without an answer: {type(sys.exception()).__name__}.\n")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "ruleseven"
    sys_version = ""
    timeout = TIMEOUT
    server: WitnessServer

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not self.path.endswith(PATH):
            self._answer(Answer(404, TEXT, b"Checkpoints go to /add-checkpoint.\n"))
        elif not re.fullmatch("[0-9]{1,9}", length):
            self._answer(Answer(411, TEXT, b"A request says how long it is.\n"))
        elif int(length) > MAX_BODY:
            self._answer(Answer(413, TEXT, b"This request is too long.\n"))
        else:
            body = self.rfile.read(int(length))
            with self.server.alone:
                answer = add_checkpoint(self.server.witness, body)
            self._answer(answer)

    def _answer(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.body)))
        if answer.status in (404, 411, 413):  # what was sent is not read
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's own signature
        """Nothing: what strangers send is not kept."""


class Gathered(NamedTuple):
    """A checkpoint with the cosignatures that were given, and of each witness that gave none, why."""

    data: bytes
    given: dict[str, tuple[str, ...]]  # by address, the names of those who signed
    refused: dict[str, str]


def gather(ledger: Ledger, made: CheckpointMade, urls: Sequence[str], known: Sequence[Cosigner]) -> Gathered:
    """Ask each witness for its cosignature; `known` as in `submit`. One that fails holds up no other."""
    opened = note.from_bytes(made.data)
    lines = list(opened.signatures)
    given: dict[str, tuple[str, ...]] = {}
    refused: dict[str, str] = {}
    for url in urls:
        try:
            fresh = submit(ledger, made, url, known)
        except (Undecided, IntegrityError) as error:
            refused[url] = str(error)
            continue
        given[url] = tuple(line.name for line in fresh)
        taken = {line[:2] for line in lines}
        lines += [line for line in fresh if line[:2] not in taken]
    return Gathered(note.to_bytes(opened.text, lines), given, refused)


def submit(ledger: Ledger, made: CheckpointMade, url: str, known: Sequence[Cosigner]) -> list[Signature]:
    """A witness's cosignature lines on a checkpoint, those of `known` keys alone: a line by any other proves nothing.

    Raises `Undecided` where the witness cannot be reached or gives none, saying why, `IntegrityError` for a
    cosignature that is not valid.
    """
    answer = _post(url, _body(0, (), made.data))
    if answer.status == 409 and answer.kind.partition(";")[0] == SIZE:
        seen = _seen(url, answer, made.size)
        hashes = prove_consistency(ledger, seen, made.size).hashes
        answer = _post(url, _body(seen, hashes, made.data))
    if answer.status != 200:
        said = answer.body[:200].decode(errors="replace").strip()
        raise Undecided(f"The witness {url} gave no cosignature ({answer.status}): {said or 'it does not say why.'}")
    return _lines(url, made, answer.body, known)


def _lines(url: str, made: CheckpointMade, body: bytes, known: Sequence[Cosigner]) -> list[Signature]:
    text = note.from_bytes(made.data).text
    try:
        opened = note.from_bytes(text + b"\n" + body)
        found = {(by.name, by.key_id) for by, _ in cosignature.check(opened, known)}
    except Malformed as error:
        raise Undecided(f"The witness {url} did not answer with cosignatures: {error}.") from None
    except IntegrityError as error:
        raise IntegrityError(f"The witness {url}: {error}.") from None
    if not found:
        raise Undecided(f"The witness {url} gave no cosignature by a key that is known.")
    return [line for line in opened.signatures if (line.name, line.key_id) in found]


def _seen(url: str, answer: Answer, size: int) -> int:
    if not re.fullmatch(rb"(0|[1-9][0-9]{0,15})\n", answer.body):
        raise Undecided(f"The witness {url} does not say what it saw last.")
    seen = int(answer.body)
    if seen > size:
        raise Undecided(
            f"The witness {url} saw {seen} records of this ledger, and here are {size}: the end was cut off, or "
            "this is an older copy. Find the newest before anything is recorded."
        )
    return seen


def _post(url: str, body: bytes) -> Answer:
    parts = urlsplit(url)
    kind = {"http": HTTPConnection, "https": HTTPSConnection}.get(parts.scheme)
    if kind is None or not parts.hostname:
        raise UsageError(f"{url} is not the address of a witness: write http://HOST:PORT or https://HOST.")
    try:
        connection = kind(parts.hostname, parts.port, timeout=TIMEOUT)
        try:
            connection.request("POST", parts.path.rstrip("/") + PATH, body, {"Content-Type": TEXT})
            response = connection.getresponse()
            found = response.read(MAX_BODY)
            return Answer(response.status, response.headers.get("Content-Type", ""), found)
        finally:
            connection.close()
    except (OSError, HTTPException, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise Undecided(f"The witness {url} could not be reached: {why}.") from None


def _body(old: int, hashes: Sequence[bytes], data: bytes) -> bytes:
    lines = [b"old %d\n" % old, *(base64.b64encode(digest) + b"\n" for digest in hashes), b"\n"]
    return b"".join(lines) + data


def _request(body: bytes) -> tuple[int, tuple[bytes, ...], bytes]:
    """The old size, the proof and the checkpoint of a request; Malformed for any other bytes."""
    head, gap, data = body.partition(b"\n\n")
    first, *lines = head.split(b"\n")
    old = _OLD.fullmatch(first)
    if not gap or old is None or len(lines) > MAX_HASHES:
        raise Malformed(f"a request is an old size, at most {MAX_HASHES} hashes, an empty line and a checkpoint")
    hashes = tuple(note.from_base64(line.decode("latin-1")) for line in lines)
    if any(len(digest) != HASH_SIZE for digest in hashes):
        raise Malformed(f"a hash in a proof is exactly {HASH_SIZE} bytes")
    return int(old[1]), hashes, data
