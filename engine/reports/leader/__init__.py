"""The leader's report: one page, made alike for a campaign and for a period, in four forms."""
