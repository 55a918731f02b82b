"""Who is about to leave: silence against the own rhythm, contract ends, and the money at risk."""
