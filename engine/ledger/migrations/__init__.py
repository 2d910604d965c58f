"""The ledger's tables from version to version. Run by ``engine.ledger.upgrading`` alone."""
