"""What plays programmes in a commune's clusters: each module is one kind of player.

A player is a backend of the loudspeaker channel. Its name is that of its section in the
settings, ``[players.<name>]``, and what the clusters of the registry give as their ``player``.
"""
