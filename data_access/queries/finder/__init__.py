"""The finder: the few customers that the typed words most likely mean."""
