"""The typing kit: few fields that place a new account, the rule as other systems read it, and how far to trust it."""
