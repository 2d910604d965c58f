"""``loa player``: the agent beside the amplifier. It needs little memory and no database.

It imports neither ledger nor channels nor settings: a Raspberry Pi runs it for years.
"""
