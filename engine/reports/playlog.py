"""The play log: what went on air, as a table, as CSV and as a document on paper."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from rich.box import SIMPLE_HEAD
from rich.table import Column, Table
from rich.text import Text

from engine.clock import local
from engine.i18n import decimal
from engine.i18n import gettext as _
from engine.ledger import Aired
from engine.models import Finding, PlayOutcome, Registry
from engine.models.wording import outcome_word
from engine.reports.paper import pdf, printable
from engine.reports.plain import Discreet
from engine.reports.tables import harmless

_MOMENT = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True, slots=True)
class PlayLine:
    """One report of a player in local time. ``proves`` are deliveries, by their ids."""

    began: datetime
    seconds: float
    outcome: PlayOutcome
    finding: Finding
    cluster: str
    place: str
    slot: datetime
    campaign_id: str
    title: str
    hamlets: tuple[str, ...]
    player: str
    number: int
    heard_at: datetime
    reason: str
    proves: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PlayLog:
    """Lines in the order of airing. ``day``, ``cluster`` and ``campaign_id`` narrow it down."""

    office: str
    made_at: datetime
    simulated: bool
    day: date | None
    cluster: str | None
    campaign_id: str | None
    lines: tuple[PlayLine, ...]

    @property
    def proofs(self) -> int:
        return sum(line.finding is Finding.PROOF for line in self.lines)

    @property
    def counts(self) -> Mapping[Finding, int]:
        return Counter(line.finding for line in self.lines)


def play_lines(
    found: Sequence[Aired], registry: Registry, titles: Mapping[str, str], discreet: Discreet
) -> tuple[PlayLine, ...]:
    """Return reports as lines; what nobody knows keeps the words that the player used."""
    places = {one.id: one.place for one in registry.clusters}
    names = {one.id: one.name for one in registry.hamlets}
    return tuple(
        PlayLine(
            began=local(one.play.began),
            seconds=one.play.seconds,
            outcome=one.play.outcome,
            finding=one.finding,
            cluster=one.play.cluster,
            place=discreet(places.get(one.play.cluster, "")),
            slot=local(one.play.slot),
            campaign_id=one.play.campaign_id,
            title=discreet(titles.get(one.play.campaign_id, one.play.campaign_id)),
            hamlets=tuple(discreet(names.get(name, name)) for name in one.play.hamlets),
            player=one.play.player,
            number=one.play.number,
            heard_at=local(one.heard_at),
            reason=discreet(one.play.reason),
            proves=one.proves,
        )
        for one in found
    )


def finding_word(finding: Finding) -> str:
    return {
        Finding.PROOF: _("proof"),
        Finding.TOO_SHORT: _("too short to count"),
        Finding.SILENT: _("not heard"),
        Finding.UNKNOWN: _("nobody planned it"),
        Finding.OTHER_PLAYER: _("another player's cluster"),
        Finding.OTHER_SOUND: _("not the sound that was given"),
        Finding.WRONG_TIME: _("a time that cannot be"),
        Finding.NOT_SENT: _("it was not sent"),
    }[finding]


def playlog_table(log: PlayLog) -> Table:
    """Return the log for the terminal."""
    table = Table(
        Column(_("Began"), no_wrap=True),
        Column(_("Cluster"), no_wrap=True),
        Column(_("On air")),
        Column(_("Seconds"), justify="right"),
        Column(_("Worth")),
        box=SIMPLE_HEAD,
    )
    for line in log.lines:
        strange = line.finding is not Finding.PROOF
        worth = finding_word(line.finding)
        shown = ", ".join(map(str, line.proves))
        table.add_row(
            f"{line.began:%d/%m %H:%M:%S}",
            line.cluster,
            Text(f"{line.title} ({', '.join(line.hamlets)})\n").append(_by_whom(line), "dim"),
            decimal(line.seconds, "g"),
            Text(f"{worth}: {shown}" if shown else worth, "bold red" if strange else ""),
        )
    return table


def _by_whom(line: PlayLine) -> str:
    went = outcome_word(line.outcome) + (f": {line.reason}" if line.reason else "")
    return f"{line.player} #{line.number} · {went}"


def playlog_csv(log: PlayLog) -> bytes:
    """Return a row for each report, with a byte-order mark; no cell is a formula."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([harmless(title) for title in _titles()])
    for line in log.lines:
        writer.writerow([harmless(cell) for cell in _cells(line)])
    return buffer.getvalue().encode("utf-8-sig")


def playlog_pdf(log: PlayLog) -> bytes:
    """Return the log as a document to sign. What is printed for people is always Vietnamese."""
    return pdf("playlog.typ", _printed(log), log.made_at)


def _titles() -> tuple[str, ...]:
    return (
        _("Began"),
        _("Seconds"),
        _("Outcome code"),
        _("How it went"),
        _("Reason"),
        _("Cluster"),
        _("Place"),
        _("Slot"),
        _("Campaign"),
        _("Title"),
        _("For hamlets"),
        _("Player"),
        _("Number"),
        _("Heard of"),
        _("Worth code"),
        _("Worth"),
        _("Proves deliveries"),
    )


def _cells(line: PlayLine) -> tuple[str | int, ...]:
    return (
        line.began.strftime(_MOMENT),
        f"{line.seconds:g}",
        line.outcome.value,
        outcome_word(line.outcome),
        line.reason,
        line.cluster,
        line.place,
        line.slot.strftime("%Y-%m-%d %H:%M"),
        line.campaign_id,
        line.title,
        ", ".join(line.hamlets),
        line.player,
        line.number,
        line.heard_at.strftime(_MOMENT),
        line.finding.value,
        finding_word(line.finding),
        " ".join(map(str, line.proves)),
    )


#: The document's own words: it is Vietnamese whoever prints it.
_OUTCOMES = {
    PlayOutcome.PLAYED: "hết bài",
    PlayOutcome.CUT: "bị ngắt",
    PlayOutcome.FAILED: "không ra tiếng",
    PlayOutcome.REFUSED: "máy từ chối",
}

_FINDINGS = {
    Finding.PROOF: "đã phát",
    Finding.TOO_SHORT: "chưa đủ: quá ngắn",
    Finding.SILENT: "không phát",
    Finding.UNKNOWN: "không ai giao",
    Finding.OTHER_PLAYER: "cụm loa của máy khác",
    Finding.OTHER_SOUND: "khác bài đã giao",
    Finding.WRONG_TIME: "sai giờ",
    Finding.NOT_SENT: "chưa gửi",
}


def _printed(log: PlayLog) -> dict[str, object]:
    about = [
        f"ngày {log.day:%d/%m/%Y}" if log.day else "",
        f"cụm loa {log.cluster}" if log.cluster else "",
        f"chiến dịch {log.campaign_id}" if log.campaign_id else "",
    ]
    printed: dict[str, object] = {
        "office": log.office,
        "about": ", ".join(filter(None, about)) or "tất cả",
        "made_at": f"{log.made_at:%H:%M, %d/%m/%Y}",
        "simulated": log.simulated,
        "total": str(len(log.lines)),
        "proofs": str(log.proofs),
        "lines": [
            {
                "began": f"{line.began:%H:%M:%S}",
                "day": f"{line.began:%d/%m/%Y}",
                "cluster": line.cluster,
                "place": line.place,
                "title": line.title,
                "hamlets": ", ".join(line.hamlets),
                "seconds": f"{line.seconds:g}".replace(".", ","),
                "outcome": _OUTCOMES[line.outcome],
                "reason": line.reason,
                "player": f"{line.player} · {line.number}",
                "worth": _FINDINGS[line.finding],
                "proof": line.finding is Finding.PROOF,
            }
            for line in log.lines
        ],
    }
    return printable(printed)
