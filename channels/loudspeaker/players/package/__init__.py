"""The kind ``package``: a ZIP for each item, which a person uploads to the province's system."""
