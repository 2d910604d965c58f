"""The loudspeaker channel: written words to spoken words, to sound, to a folder for players.

Import ``channels.loudspeaker.channel``. This module stays empty, so that the speech helper, a
process of its own, starts without loading the sound libraries.
"""
