"""Sound: what it is, how loud it is, and how it becomes an MP3."""
