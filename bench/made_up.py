"""Made-up communes of any size, written as the files an official would write."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

COMMUNE = """\
# Số liệu giả định.
commune: {id: xa-mau, name: Xã Mẫu, province: Tỉnh Mẫu, office: Ủy ban nhân dân xã Mẫu}
people:
  - {id: lan, name: Nguyễn Thị Mẫu, rights: [submit]}
  - {id: minh, name: Trần Văn Mẫu, rights: [approve]}
station: {hours: ["05:00-18:30"], sessions_per_day: 2, minutes_per_session: 30}
flyers: {copies_per_household: 1, print_point: Văn phòng xã}
portal: {name: Xã Mẫu, url: "https://xa-mau.example"}
"""

CAMPAIGN = """\
id: {id}
title: Lịch tiêm vắc xin cho trẻ em
valid: {{from: 2026-12-01, until: 2026-12-31}}
contact: Trạm Y tế xã, điện thoại 0272.3000.111
text: |
{text}
schedule: {{dates: [2026-12-02], times: [5h15]}}
"""

#: Every channel, with words that are the same in every hamlet.
ALL_CHANNELS = """\
channels:
  loudspeaker: {}
  flyer: {show_hamlet: false}
  portal: {}
  chat: {}
"""

#: Words of an ordinary notice, some 600 characters.
NOTICE = """\
Trạm Y tế xã kính mời phụ huynh có con từ 18 đến 24 tháng tuổi đưa trẻ đi tiêm vắc xin sởi – rubella.

Thời gian: {{ gio }}, thứ Bảy, ngày 05/12/2026. Địa điểm: Trạm Y tế xã.

Khi đi, phụ huynh mang theo sổ tiêm chủng hoặc phiếu tiêm của trẻ và thẻ bảo hiểm y tế của trẻ. Trẻ đang sốt, đang bệnh thì chưa tiêm, xin báo với nhân viên y tế để hẹn ngày khác. Sau khi tiêm, trẻ ở lại trạm 30 phút để theo dõi. Tiêm chủng miễn phí.
"""  # noqa: E501 - as written in a campaign file, a paragraph is one line


#: A bulletin of some four minutes; no two of its sentences are the same.
BULLETIN = "\n".join(
    f"Ấp {n}: kính mời bà con đến nhà văn hóa lúc {6 + n % 5} giờ {n + 10}, ngày {n + 9}/12/2026. "
    f"Nội dung thứ {n} là góp ý sửa {n * 100} mét đường và {n + 1} cây cầu trong ấp. "
    f"Ai không đến được xin báo trưởng ấp {n} trước ngày {n + 7}/12."
    for n in range(1, 13)
)


def write_workspace(folder: Path, hamlets: int) -> None:
    """Write ``commune.yaml``: each hamlet with a head, a loudspeaker and a chat group."""
    (folder / "campaigns").mkdir(parents=True)
    ids = [hamlet_id(number) for number in range(1, hamlets + 1)]
    parts = [COMMUNE, "hamlets:\n"]
    parts += [
        f"  - {{id: {one}, name: Ấp {n}, households: {100 + n % 300}, poor_households: {n % 20}, "
        f"head: {{name: Người Mẫu {n}, phone: 0900.{n:06}}}}}\n"
        for n, one in enumerate(ids, 1)
    ]
    parts += ["loudspeakers:\n"]
    parts += [f"  - {{id: cum-{one}, hamlets: [{one}], place: Nhà văn hóa}}\n" for one in ids]
    parts += ['chat:\n  hours: "06:00-21:00"\n  groups:\n']
    parts += [
        f"    - {{id: nhom-{one}, name: Nhóm {one}, platform: zalo, kind: hamlet, "
        f"hamlets: [{one}], agreed_on: 2026-01-15}}\n"
        for one in ids
    ]
    (folder / "commune.yaml").write_text("".join(parts), encoding="utf-8")
    (folder / "loa.toml").write_text(
        "[clock]\nsimulated = 2026-12-01T08:00:00+07:00\n", encoding="utf-8"
    )


class Hours(StrEnum):
    """Which hour each hamlet is given: one for all, one of some hundreds, or each its own."""

    SAME = "same"
    FEW = "few"
    ALL_DIFFER = "all-differ"


def write_campaign(
    folder: Path,
    name: str,
    *,
    hamlets: int = 0,
    hours: Hours = Hours.SAME,
    text: str = NOTICE,
    only: str | None = None,
    shared_flyer: bool = False,
) -> Path:
    """Write a campaign, on every channel unless ``only`` names one; return its file.

    ``shared_flyer``: one flyer for all, without the hamlet's name on it.
    """
    indented = "\n".join(f"  {line}".rstrip() for line in text.splitlines())
    parts = [CAMPAIGN.format(id=name, text=indented), "values: {gio: 7 giờ 30}\n"]
    if hours is not Hours.SAME:
        parts.append("hamlets:\n")
        parts += [f"  {hamlet_id(n)}: {{gio: {_hour(n, hours)}}}\n" for n in range(1, hamlets + 1)]
    if only:
        parts.append(f"channels: {{{only}: {{}}}}\n")
    if shared_flyer:
        parts.append(ALL_CHANNELS)
    path = folder / "campaigns" / f"{name}.yaml"
    path.write_text("".join(parts), encoding="utf-8")
    return path


def hamlet_id(number: int) -> str:
    return f"ap-{number:05}"


def _hour(number: int, hours: Hours) -> str:
    hour = f"{7 + number % 10} giờ {number % 60:02}"
    return f"{hour} tại bàn {number}" if hours is Hours.ALL_DIFFER else hour
