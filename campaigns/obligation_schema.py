"""Rules about what the law asks of a message: those that come with Loa, and a commune's own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Annotated, Any

import yaml
from pydantic import BeforeValidator, Field, StringConstraints, TypeAdapter

from campaigns.fields import AlsoAccepts, PlainLine, ShortLine, Strict, Whole
from engine.models import Obligation

_SHIPPED = "obligations.yaml"

#: A law's number as it is cited: 10/2022/QH15, 49/2024/NĐ-CP.
LawNumber = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=r"^\d{1,4}/\d{4}/[A-ZĐ]+(-[A-ZĐ]+)*\d*$"),
]

Clause = Annotated[Whole, Field(ge=1, le=999)]


def _one_or_two(value: Any) -> Any:
    return [value] if isinstance(value, int) else value


class ObligationSpec(Strict):
    law: Annotated[LawNumber, Field(description="Số hiệu văn bản, ví dụ 10/2022/QH15.")]
    article: Annotated[Whole, Field(ge=1, description="Điều.")]
    clauses: Annotated[
        tuple[Clause, ...],
        BeforeValidator(_one_or_two),
        AlsoAccepts({"type": "integer"}),
        Field(min_length=1, max_length=2, description="Khoản, hoặc [từ khoản, đến khoản]."),
    ]
    name: Annotated[ShortLine, Field(description="Tên văn bản.")]
    days: Annotated[
        Whole, Field(0, ge=0, le=60, description="Phải phát loa ít nhất bao nhiêu ngày liền.")
    ]
    relay: Annotated[
        bool, Field(False, description="true: trưởng ấp phải chuyển tiếp đến từng hộ.")
    ]
    source: Annotated[PlainLine, Field(description="Căn cứ: điều, khoản quy định việc này.")]

    def obligation(self) -> Obligation:
        first, last = self.clauses[0], self.clauses[-1]
        return Obligation(
            self.law, self.article, first, last, self.name, self.source, self.days, self.relay
        )


@cache
def shipped() -> tuple[Obligation, ...]:
    """Return the rules that come with Loa, from their file."""
    written = yaml.safe_load(files("campaigns").joinpath(_SHIPPED).read_text(encoding="utf-8"))
    specs = TypeAdapter(tuple[ObligationSpec, ...]).validate_python(written)
    return tuple(spec.obligation() for spec in specs)


def rules_known(own: Sequence[Obligation]) -> tuple[Obligation, ...]:
    """Return a commune's ``own`` rules, then those of Loa, which they come before."""
    return (*own, *shipped())
