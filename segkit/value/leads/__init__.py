"""Which leads become business, and which new accounts do not take hold."""
