"""The section ``[print]`` of ``loa.toml``: how ``loa print`` prints."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from engine.settings.sections import Section


class PrintSettings(Section):
    printer: str = Field(
        default="",
        pattern=r"^(ipps?://.+)?$",
        description="Máy in: hàng đợi CUPS hoặc máy in IPP, ví dụ "
        "ipp://localhost/printers/van-phong. Bỏ trống thì ghi tệp vào thư mục in/.",
    )
    jobs: Literal["bundle", "one"] = Field(
        default="bundle",
        description="bundle: mỗi bó (ấp, tổ) một tệp; one: mỗi loại bản in một tệp.",
    )
    by: Literal["hamlet", "team"] = Field(
        default="hamlet", description="Chia bó theo hamlet (ấp) hay team (tổ)."
    )
    up: Literal[0, 1, 2, 4] = Field(
        default=0,
        description="Số bản trên một tờ giấy: 1, 2, 4; 0 là vừa giấy A4 (A5 hai bản, A6 bốn bản).",
    )
    covers: bool = Field(default=True, description="In phiếu giao có mã xác nhận trước mỗi bó.")
