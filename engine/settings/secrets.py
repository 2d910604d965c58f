"""Secrets of the settings: read from files of their own, and what is wrong with those."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, Self, TypeVar

from pydantic_core import ErrorDetails


@dataclass(frozen=True, slots=True)
class SettingsFault:
    """One fault. ``place`` is a file or a variable; ``field`` is empty for all of it.

    ``line`` counts from 1; 0 where it is unknown.
    ``cause`` is what pydantic found, or why the file cannot be read. Whoever tells people
    puts it into words: this floor speaks no language.
    """

    place: str
    field: str
    cause: ErrorDetails | OSError | UnicodeDecodeError | tomllib.TOMLDecodeError
    line: int = 0


class SettingsError(Exception):
    """Settings that cannot be used, with every fault."""

    def __init__(self, faults: Sequence[SettingsFault]) -> None:
        super().__init__(faults)
        self.faults = tuple(faults)


def read_secret(path: Path) -> str:
    """Return a secret kept in a file, without the final line break. Raises SettingsError."""
    try:
        return path.read_text(encoding="utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError([SettingsFault(str(path), "", error)]) from None


class _HasSecrets(Protocol):
    """A section whose ``secrets`` may come from files."""

    @property
    def secrets(self) -> tuple[str, ...]: ...

    def model_copy(self, *, update: Mapping[str, Any]) -> Self: ...


_Secretive = TypeVar("_Secretive", bound=_HasSecrets)


@dataclass(frozen=True, slots=True)
class Faulty:
    """What is wrong with sections that others can do without, by name."""

    workspace: Path
    players: dict[str, tuple[SettingsFault, ...]]
    accounts: dict[str, tuple[SettingsFault, ...]]

    def with_secrets(
        self,
        section: _Secretive,
        field: str,
        faulty: dict[str, tuple[SettingsFault, ...]],
        name: str,
    ) -> _Secretive | None:
        """Return a section with its secrets; None when one cannot be read, which is kept."""
        try:
            return with_own_secrets(section, self.workspace)
        except SettingsError as error:
            faulty[name] = tuple(replace(one, field=field) for one in error.faults)
            return None

    def account(self, section: _Secretive, name: str) -> _Secretive:
        """Return a chat account with its secrets, or as it is without them."""
        return self.with_secrets(section, name, self.accounts, name) or section


def with_own_secrets(section: _Secretive, workspace: Path) -> _Secretive:
    """Return a section with the secrets that files hold. Raises SettingsError."""
    return section.model_copy(
        update={
            secret: read_secret(workspace / getattr(section, f"{secret}_file"))
            for secret in section.secrets
            if not getattr(section, secret) and getattr(section, f"{secret}_file")
        }
    )
