"""Sharing securely: SE-01 to SE-04."""

from __future__ import annotations

from ledger.procedure.events.disclosure import DisclosureMade, DisclosureMisdirected
from ledger.procedure.events.operations import ExtractIssued
from ledger.procedure.rules.registry import Act, Concern, Concerns, rule
from ledger.procedure.rules.sharing import name_of, request
from ledger.procedure.state.world import World

CONVERSATIONS = frozenset({"in_person", "phone_verified", "meeting"})


def method_of(act: Act) -> str | None:
    how = act.event.how
    return how.method if how is not None else None


@rule(
    "SE-01",
    "Q90 “consult with their local policy and procedure for sharing information securely”",
    on=[DisclosureMade, ExtractIssued],
)
def method_not_approved(act: Act, world: World) -> Concerns:
    method = method_of(act)
    if method is None:
        return
    if method in act.context.codes("insecure_methods"):
        yield Concern(method, "insecure")
    elif not world.agency.approved(method, act.at):
        yield Concern(method)


@rule("SE-02", "Q89 “securely when … there is a statutory duty or Court Order”", on=[DisclosureMade, ExtractIssued])
def compelled_insecurely(act: Act, world: World) -> Concerns:
    asked, method = request(act, world), method_of(act)
    compelled = asked is not None and asked.event.compulsion is not None
    if isinstance(act.event, ExtractIssued):
        compelled = compelled or act.event.compulsion is not None
    if compelled and method is not None and not world.agency.approved(method, act.at):
        yield Concern(method)


@rule("SE-03", "Q88 “where and when the disclosure will be given … a secure and safe environment”", on=[DisclosureMade])
def environment(act: Act, _world: World) -> Concerns:
    how = act.event.how
    if how is None:
        return
    if how.safe_environment_confirmed is False:
        yield Concern(act.event.disclosure_id, "unsafe")
    elif how.method in CONVERSATIONS and not (how.place and how.started_at):
        yield Concern(act.event.disclosure_id)


@rule("SE-04", "Q83 “shared only with those people who need it securely”", on=[DisclosureMisdirected])
def misdirected(act: Act, _world: World) -> Concerns:
    yield Concern(act.event.disclosure_id, details={"to": ", ".join(filter(None, map(name_of, act.event.to)))})
