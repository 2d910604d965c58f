"""What every form of a drill says, so that nobody takes it for the danger that it plays.

Content, so always Vietnamese.
"""

from __future__ import annotations

#: What stands before a drill's title, and the word by which it is known.
WORD = "Diễn tập"

#: What ends a drill's text.
SENTENCE = "Đây là diễn tập, không phải tình huống thật."

#: What is said last of all on air, after whom to ask.
LAST_WORDS = "Đây là diễn tập."


def titled_as_drill(title: str) -> str:
    """Return a title that begins with the word."""
    return f"{WORD}: {title}"


def said_as_drill(body: str) -> str:
    """Return a text that ends with the sentence, in a paragraph of its own."""
    return f"{body.rstrip()}\n\n{SENTENCE}"
