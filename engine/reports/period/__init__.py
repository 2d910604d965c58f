"""Coverage of all campaigns of a period, and the hamlets that are always behind."""
