"""Features of accounts: SQL over invoice lines and the panel of accounts at quarter ends."""
