"""Defines `secret set`, which gives a declared secret its value."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from reconciler.cli import completing, opening, screen
from reconciler.cli.choices import Flags
from reconciler.cli.flags import READS, Flagged, Group
from reconciler.documents.hints import brief, did_you_mean
from reconciler.errors import RefusedError, UsageError

if TYPE_CHECKING:
    from reconciler.model import Ref
    from reconciler.reconcile import Options

KIND = "Secret"


@click.group(cls=Group)
def secret() -> None:
    """Give secrets their values, which no manifest has."""


@secret.command(
    "set",
    cls=Flagged,
    uses=(*READS, "--dry-run"),
    example="""\
reconcile -e prod secret set Secret/contact-calls/redshift
reconcile -e prod secret set Tenant/harbor-dental
reconcile -e prod secret set Secret/contact-calls/redshift --replace""",
)
@click.argument("address", shell_complete=completing.addresses)
@click.option("--replace", is_flag=True, help="Replace a value that is there. Without it, that is an error.")
@click.pass_obj
def set_value(flags: Flags, address: str, replace: bool) -> int:
    """Give the declared secret ADDRESS its value, from a prompt or from stdin.

    ADDRESS is a Secret, or a document that stands for one, such as Tenant/NAME.

    The value is never shown, logged or stored here. On stdin, one line end at the end is not part of it. AWS keeps the
    former value as AWSPREVIOUS.
    """
    from reconciler import secret_values

    opening.must_be_named_to_write(flags)
    text = secret_values.checked(_read(address))
    opened = opening.for_writing(flags)
    options = opened.options
    ref = _declared(options, address)
    if secret_values.has_value(options.aws, options.environment.scope, ref) and not replace:
        raise RefusedError(f"{ref} has a value, which is in use perhaps; give --replace to replace it")
    if flags.dry_run:
        screen.say(f"would set the value of {ref}")
        return 0
    version = secret_values.give(options.aws, ref, text)
    screen.say(f"{ref} has a new value, version {version}")
    return 0


COMMANDS = (secret,)


def _read(address: str) -> str:
    """Returns the value from stdin, or from a prompt that shows nothing and asks twice."""
    if sys.stdin is None:
        raise UsageError("stdin is closed; write the value there")
    if sys.stdin.isatty():
        return str(click.prompt(f"Value of {brief(address)}", hide_input=True, confirmation_prompt=True, err=True))
    try:
        text = sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"the value is not UTF-8 text: byte {error.start + 1} is wrong") from None
    return text.removesuffix("\n").removesuffix("\r")


def _is_short_for(ref: Ref, secret: Ref) -> bool:
    """Returns whether an address means a secret: with hyphens for slashes, and without the environment at the end."""
    bare = secret.name.replace("/", "-")
    return ref.kind == secret.kind and (bare == ref.name or bare.startswith(f"{ref.name}-"))


def _declared(options: Options, address: str) -> Ref:
    """Returns the secret of an address. Raises `UsageError` if the environment declares no such secret."""
    from reconciler.desired import examine
    from reconciler.errors import ManifestError
    from reconciler.model import Ref

    examined = examine(options.environment, options.environ, options.known_environments)
    if examined.desired is None:
        raise ManifestError(examined.mistakes)
    known = {str(ref): ref for ref in examined.desired.manifests if ref.kind == KIND}
    kind, _, name = address.partition("/")
    ref = Ref(kind, name)
    of_document = [it.ref for it in examined.desired.manifests.values() if it.ref.kind == KIND and ref in it.origins]
    short = [it for it in known.values() if _is_short_for(ref, it)]
    if str(ref) not in known and len(of_document or short) == 1:
        return (of_document or short)[0]
    if str(ref) not in known:
        hint = did_you_mean(address, known) or f"; write {KIND}/NAME of a secret that the manifests declare"
        raise UsageError(f"no secret {brief(address)}{hint}")
    return ref
