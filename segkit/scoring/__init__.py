"""`segkit score`: new accounts and leads of any file get their segment, or are left to a person."""
