"""Who may act: people with rights, proved by a passphrase."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger.registries import Credentials
from engine.models import Person, Right
from engine.models.wording import right_name
from engine.planner.passphrase import hash_passphrase, matches


class People:
    """The people of a commune, or of a province, and their passphrases."""

    def __init__(self, people: Sequence[Person], credentials: Credentials) -> None:
        self._people = {person.id: person for person in people}
        self._credentials = credentials

    def with_right(self, person_id: str, *rights: Right) -> Person:
        """Return a person who has one of ``rights``. Raises LoaError for anybody else."""
        person = self._people.get(person_id)
        if person is None or person.rights.isdisjoint(rights):
            message = _("{person} does not have the right: {rights}; who has it: {others}")
            others = [p.id for p in self._people.values() if not p.rights.isdisjoint(rights)]
            raise LoaError(
                message.format(
                    person=person_id,
                    rights=", ".join(map(right_name, rights)),
                    others=", ".join(others) or "—",
                )
            )
        return person

    def entitled(self, person_id: str) -> Person:
        """Return a person with any right at all. Raises LoaError for anybody else."""
        person = self._people.get(person_id)
        if person is None or not person.rights:
            raise LoaError(_("{person} has no right in the registry").format(person=person_id))
        return person

    def approver(self, person_id: str, passphrase: str, *, but: str) -> Person:
        """Return who approves: with the right, proved, and not ``but``, who submitted it."""
        person = self.with_right(person_id, Right.APPROVE)
        if person.id == but:
            raise LoaError(
                _("{person} submitted it: another person must approve").format(person=person_id)
            )
        self._prove(person, passphrase)
        return person

    def proved(self, person_id: str, passphrase: str, *rights: Right) -> Person:
        """Return a person who has one of ``rights`` and gave the passphrase. Raises LoaError."""
        person = self.with_right(person_id, *rights)
        self._prove(person, passphrase)
        return person

    def two_keys(self, submitter: str, passphrase: str | None, approver: Person) -> str:
        """Return what is recorded of a submitter who is there too; nothing of one who is not.

        Raises LoaError when the passphrase is wrong.
        """
        if passphrase is None:
            return ""
        first = self.proved(submitter, passphrase, Right.SUBMIT)
        message = _("{first} and {second} gave their passphrases in one command")
        return message.format(first=first.id, second=approver.id)

    def who_may(self, right: Right, *, but: str) -> tuple[str, ...]:
        """Return the ids of who has a right, ``but`` left out."""
        return tuple(p.id for p in self._people.values() if right in p.rights and p.id != but)

    def has_passphrase(self, person_id: str) -> bool:
        return self._credentials.get(person_id) is not None

    def set_passphrase(self, person_id: str, new: str, old: str | None, at: datetime) -> None:
        """Set a person's passphrase; changing one needs the old one. Raises LoaError."""
        self.entitled(person_id)
        kept = self._credentials.get(person_id)
        if kept is not None and (old is None or not matches(old, kept)):
            raise LoaError(_("the old passphrase is wrong"))
        self._credentials.set(person_id, hash_passphrase(new), at)

    def _prove(self, person: Person, passphrase: str) -> None:
        kept = self._credentials.get(person.id)
        if kept is None:
            message = _("{person} has no passphrase yet: loa passphrase {person}")
            raise LoaError(message.format(person=person.id))
        if not matches(passphrase, kept):
            message = _("{person}: the passphrase is wrong")
            raise LoaError(message.format(person=person.id))
