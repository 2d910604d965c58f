"""The channel ``team``: people who go from door to door, and the sheets they take with them."""
