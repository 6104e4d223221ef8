"""Facts and calculations about customers: no session, no statement."""
