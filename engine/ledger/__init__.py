"""The ledger: the truth about what was planned, sent, confirmed, and who was not reached."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.ledger.awaited import Awaited
from engine.ledger.breakers import Breakers
from engine.ledger.bulletins import BulletinBook
from engine.ledger.bundles import Bundles, Job, Part
from engine.ledger.codec import OptionModels
from engine.ledger.database import Database
from engine.ledger.deliveries import ENDED, Current, Deliveries
from engine.ledger.escalations import Escalations
from engine.ledger.evidence import EvidenceBook
from engine.ledger.leases import Leases
from engine.ledger.leaving import remark_of
from engine.ledger.mending import Mending, Which
from engine.ledger.outcomes import Outcomes
from engine.ledger.pages import Pages
from engine.ledger.places import Place
from engine.ledger.play_marks import PlayMarks
from engine.ledger.player_keys import PlayerKeys
from engine.ledger.players import Players
from engine.ledger.plays import Aired, Kept, Plays
from engine.ledger.printings import Printings
from engine.ledger.programmes import Programmes
from engine.ledger.refusals import LEDGER_ERRORS, ledger_reason
from engine.ledger.registries import Credentials, Registries
from engine.ledger.relays import Relays
from engine.ledger.remote_ids import LedgerRemoteIds
from engine.ledger.revisions import TWO_KEYS, Revision, Revisions, Status, Submission
from engine.ledger.schema import open_database
from engine.ledger.seal import Seal
from engine.ledger.tokens import LedgerTokens
from engine.ledger.told import ToldBook
from engine.ledger.views import DeliveryRow, EventRow, Views
from engine.ledger.visits import VisitBook
from engine.ledger.wording import status_word

__all__ = [
    "ENDED",
    "LEDGER_ERRORS",
    "TWO_KEYS",
    "Aired",
    "Current",
    "DeliveryRow",
    "EventRow",
    "Job",
    "Kept",
    "Ledger",
    "Part",
    "Revision",
    "Seal",
    "Status",
    "Submission",
    "Views",
    "Which",
    "ledger_reason",
    "remark_of",
    "status_word",
]


@dataclass(frozen=True, slots=True)
class Ledger:
    """One commune's part of the ledger; nothing in it can see another commune's rows."""

    commune_id: str
    registries: Registries
    credentials: Credentials
    revisions: Revisions
    deliveries: Deliveries
    bundles: Bundles
    leases: Leases
    outcomes: Outcomes
    mending: Mending
    evidence: EvidenceBook
    escalations: Escalations
    printings: Printings
    bulletins: BulletinBook
    pages: Pages
    plays: Plays
    play_marks: PlayMarks
    awaited: Awaited
    remote_ids: LedgerRemoteIds
    tokens: LedgerTokens
    relays: Relays
    visits: VisitBook
    breakers: Breakers
    views: Views
    told: ToldBook
    player_keys: PlayerKeys
    players: Players
    programmes: Programmes
    database: Database

    @classmethod
    def open(cls, place: Place, commune_id: str, *, seal: Seal, options: OptionModels) -> Ledger:
        """Open or make the ledger at ``place``. Raises LoaError when it cannot be used."""
        database = open_database(Database.connect(place))
        return cls.on(database, commune_id, seal=seal, options=options)

    @classmethod
    def on(
        cls, database: Database, commune_id: str, *, seal: Seal, options: OptionModels
    ) -> Ledger:
        """Return a commune's part of a ledger that is open already."""
        keys = PlayerKeys(database, commune_id, seal)
        return cls(
            commune_id=commune_id,
            registries=Registries(database, commune_id, seal),
            credentials=Credentials(database, commune_id),
            revisions=Revisions(database, commune_id, options),
            deliveries=Deliveries(database, commune_id, options),
            bundles=Bundles(database, commune_id),
            leases=Leases(database, commune_id),
            outcomes=Outcomes(database, commune_id),
            mending=Mending(database, commune_id),
            evidence=EvidenceBook(database, commune_id),
            escalations=Escalations(database, commune_id),
            printings=Printings(database, commune_id),
            bulletins=BulletinBook(database, commune_id),
            pages=Pages(database, commune_id),
            plays=Plays(database, commune_id),
            play_marks=PlayMarks(database, commune_id),
            awaited=Awaited(database, commune_id),
            remote_ids=LedgerRemoteIds(database, commune_id),
            tokens=LedgerTokens(database, commune_id, seal),
            relays=Relays(database, commune_id, seal),
            visits=VisitBook(database, commune_id, seal),
            breakers=Breakers(database),
            views=Views(database, commune_id),
            told=ToldBook(database, commune_id),
            player_keys=keys,
            players=Players(database, commune_id, keys),
            programmes=Programmes(database, commune_id, keys),
            database=database,
        )

    def under(self, holder: str | None) -> Ledger:
        """Return the same for one who holds leases, and records nothing without."""
        return replace(self, outcomes=self.outcomes.under(holder))

    def close(self) -> None:
        self.database.close()
