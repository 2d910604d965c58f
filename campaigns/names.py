"""What the files are called that make a folder a workspace of somebody."""

from __future__ import annotations

#: A province's.
PROVINCE_FILE = "province.yaml"
