"""Building who looks for what needs a person, in each commune and on the machines."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

from channels.chat.channel import ChatChannel
from channels.chat.zalo.article import ZaloArticleBackend
from channels.chat.zalo.group import ZaloGroupBackend
from engine.app.chat_accounts import endpoints, zalo_account
from engine.app.communes import Communes, home_of
from engine.app.house import House
from engine.app.packages import taken_back
from engine.ledger import Ledger
from engine.ledger.breakers import Breakers
from engine.ledger.bulletins import SOUGHT, Stale
from engine.ledger.machines import Machines, Process
from engine.ledger.needs import Needs, backends_in_use, overdue_since
from engine.ledger.notices import HOUSE, NoticeBook
from engine.ledger.unamended import unamended
from engine.models import ChatGroup
from engine.models.notice import Concern
from engine.notices import Desk, Gatherer, Teller
from engine.notices.agents import AgentGatherer
from engine.notices.alerts import AlertGatherer
from engine.notices.apprise_target import send
from engine.notices.bulletins import BulletinGatherer
from engine.notices.campaigns import CampaignGatherer
from engine.notices.checks import CheckGatherer
from engine.notices.deliveries import DeliveryGatherer
from engine.notices.escalation import EscalationGatherer
from engine.notices.far_sides import FarSideGatherer
from engine.notices.machines import MachineGatherer
from engine.notices.moved import MovedGatherer
from engine.notices.obligations import ObligationGatherer
from engine.notices.packages import PackageGatherer
from engine.notices.permissions import LoginGatherer, PermissionGatherer
from engine.notices.players import PlayerGatherer
from engine.notices.proof import ProofGatherer
from engine.notices.quotas import QuotaGatherer
from engine.notices.recalled import RecallGatherer
from engine.notices.relays import RelayGatherer
from engine.notices.unamended import UnamendedGatherer
from engine.notices.visits import VisitGatherer
from engine.rules.disputed import disputed_in
from engine.settings.players import AgentPlayer

#: Backends that speak with an account of the commune's own: nobody else can ask for it.
OWN_ACCOUNTS = frozenset({ZaloGroupBackend.name, ZaloArticleBackend.name})

#: Tells about the process that asks.
Here = Callable[[], Process]


class Desks:
    """The desks of a workspace: one of its machines, and one of each commune."""

    def __init__(self, communes: Communes, here: Here, *, asking: bool = False) -> None:
        """``asking``: by a process that goes round again and again, as one of several.

        It asks far sides as well, once the workspace is live.
        """
        self._communes = communes
        self._asking = asking
        self.book = NoticeBook(communes.house.database, HOUSE)
        self._of_house = house_desk(communes.house, communes.rehearsing, here, asking=asking)

    def __iter__(self) -> Iterator[Desk]:
        yield self._of_house
        house = self._communes.house
        for commune_id in self._communes.ids():
            ledger = Ledger.on(house.database, commune_id, seal=house.seal, options=house.options)
            yield commune_desk(house, ledger, self._communes.rehearsing, asking=self._asking)

    def take_turn(self, every: timedelta) -> bool:
        """Say, to one process only in each span of time, that it is its turn to look."""
        now: datetime = self._communes.clock.now()
        return self.book.take_duty("notices", now, now + every)


def commune_desk(
    house: House, ledger: Ledger, rehearsing: Collection[str], *, asking: bool = False
) -> Desk:
    """Build the desk of one commune; ``rehearsing`` are the backends that rehearse.

    ``asking``: what takes long is looked for now and then only, by one process.
    """
    settings = house.settings.notices
    book = NoticeBook(house.database, ledger.commune_id)
    needs = Needs(house.database, ledger.commune_id)
    gatherers: Sequence[Gatherer] = [
        DeliveryGatherer(needs, rehearsing=rehearsing),
        ProofGatherer(
            needs,
            within=timedelta(hours=settings.proof_hours),
            take_turn=lambda now, until: not asking or book.take_duty("proof", now, until),
        ),
        RelayGatherer(ledger.relays.words, partial(disputed_in, ledger)),
        EscalationGatherer(ledger),
        VisitGatherer(ledger.relays.words),
        QuotaGatherer(
            Breakers(house.database), needs, endpoints(house.settings, ledger.commune_id)
        ),
        MovedGatherer(partial(_groups, ledger), ledger.remote_ids.get),
        AgentGatherer(
            ledger.players.all, silent=timedelta(minutes=house.settings.console.silent_minutes)
        ),
        PlayerGatherer(needs, ledger.play_marks),
        RecallGatherer(
            needs,
            ledger.players.all,
            fetching=[
                name
                for name, player in house.settings.players.items()
                if isinstance(player, AgentPlayer)
            ],
        ),
        ObligationGatherer(
            ledger,
            take_turn=lambda now, until: not asking or book.take_duty("obligations", now, until),
        ),
        BulletinGatherer(
            partial(_stale_bulletins, ledger),
            take_turn=lambda now, until: not asking or book.take_duty("bulletins", now, until),
        ),
        UnamendedGatherer(
            partial(unamended, house.database, ledger.commune_id),
            take_turn=lambda now, until: not asking or book.take_duty("unamended", now, until),
        ),
        CampaignGatherer(ledger.revisions, near=timedelta(hours=settings.approval_hours)),
        AlertGatherer(ledger.revisions, ledger.views),
        *_logins(house, ledger),
        PackageGatherer(lambda: taken_back(house, ledger, home_of(house, ledger.commune_id))),
    ]
    return Desk(book, gatherers, _teller(house, book, ledger.commune_id), house.clock)


def _groups(ledger: Ledger) -> Sequence[ChatGroup]:
    """Return the commune's chat groups as its newest registry has them."""
    newest = ledger.registries.latest()
    return ledger.registries.load(newest).chat_groups if newest else ()


def _stale_bulletins(ledger: Ledger, now: datetime) -> Sequence[Stale]:
    """Return the commune's bulletins that tell words which hold no more."""
    changed = ledger.bulletins.changed(now - SOUGHT)
    if not any(ledger.bulletins.of(campaign_id) for campaign_id, _revision, _since in changed):
        return ()
    from engine.reports.bulletin.kept import stale  # what makes paper loads for those who need it

    return stale(ledger, ledger.registries.load(ledger.registries.latest()), now)


def _logins(house: House, ledger: Ledger) -> Iterator[Gatherer]:
    """Return who looks at the accounts that the commune has of its own."""
    account = zalo_account(house.settings, ledger.commune_id)
    if account is not None:
        newest = partial(ledger.tokens.get, account.key)
        yield LoginGatherer(ChatChannel.name, ZaloGroupBackend.name, newest)


def house_desk(
    house: House,
    rehearsing: Collection[str],
    here: Here,
    *,
    asking: bool = False,
    recorded_in: str = HOUSE,
) -> Desk:
    """Build the desk of the machines; ``recorded_in``: the commune whose people sit there.

    ``asking``: far sides are asked as well, once the workspace is live.
    """
    database = house.database
    book = NoticeBook(database, HOUSE, recorded_in=recorded_in)
    nobody = Ledger.on(database, HOUSE, seal=house.seal, options=house.options)
    channels = house.channels(house.workspace, nobody)
    gatherers: list[Gatherer] = [
        MachineGatherer(
            Machines(database),
            overdue=lambda before: overdue_since(database, before, rehearse=rehearsing),
            here=here,
            room=house.settings.notices.disk_percent / 100,
        ),
        FarSideGatherer(Breakers(database)),
        PermissionGatherer(channels),
    ]
    if asking and house.settings.live:
        gatherers.append(
            CheckGatherer(
                channels,
                used=lambda after: [
                    one for one in backends_in_use(database, after) if one[1] not in OWN_ACCOUNTS
                ],
                take_turn=lambda now, until: book.take_duty("ask", now, until),
                ask_again=lambda now, until: (
                    book.stands(Concern.MUTE) and book.take_duty("ask-again", now, until)
                ),
            )
        )
    teller = _teller(house, book, house.settings.machine.known_as)
    return Desk(book, gatherers, teller, house.clock)


def _teller(house: House, book: NoticeBook, place: str) -> Teller:
    """Nothing is told outside until the workspace is live."""
    settings = house.settings
    return Teller(
        book,
        place=place,
        targets=settings.notices.targets if settings.live else (),
        remind=timedelta(hours=settings.notices.remind_hours),
        clock=house.clock,
        send=send,
    )
