"""An agent's identity: an Ed25519 key of its own, and for the first join the proof of an enrolment code."""

from __future__ import annotations

import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from autobahn.wamp.cryptosign import CryptosignKey

from components.protocol import enrolment_key, enrolment_proof

KEY_FILE = "agent.key"
_CODE = re.compile(r"([a-z0-9]{1,32})\.([A-Za-z0-9_-]{16,64})")


class BadKey(Exception):
    """The key file is unusable; the text says why and what to do."""


@dataclass(frozen=True, repr=False)
class EnrolmentCode:
    """`id.secret`. The secret stays here: only a proof made with it travels. No repr, so that no log shows it."""

    code_id: str
    secret: str

    def proof(self, public_key: str) -> str:
        """Hex proof that whoever holds this code wants `public_key` (64 hex digits) enrolled."""
        return enrolment_proof(enrolment_key(self.secret), self.code_id, public_key)


def parse_code(text: str) -> EnrolmentCode:
    """An EnrolmentCode from `id.secret`; ValueError without the text, which is a secret."""
    match = _CODE.fullmatch(text)
    if not match:
        raise ValueError("not an enrolment code")
    return EnrolmentCode(match[1], match[2])


def load_or_make_key(directory: Path) -> CryptosignKey:
    """This agent's key from `directory`, made there (0600, in a directory 0700) at the first start. BadKey if it cannot be read or made."""
    path = directory / KEY_FILE
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _write_key(path)
        seed = bytes.fromhex(path.read_text().strip())
        if len(seed) != 32:
            raise ValueError("wrong length")
    except OSError as error:
        raise BadKey(f"the agent's key {path} cannot be read or made: {error.strerror}; check VEDETTE_AGENT_DATA") from None
    except ValueError:
        raise BadKey(f"{path} holds no key (64 hexadecimal digits); remove it and enrol this host anew with a code") from None
    if path.stat().st_mode & 0o077:
        path.chmod(0o600)
    return CryptosignKey.from_bytes(seed)


def _write_key(path: Path) -> None:
    # whole or not at all: a crash in between must not leave half a key, and of two starters at once one key must win
    draft = path.with_name(f".{KEY_FILE}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_hex(32) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
