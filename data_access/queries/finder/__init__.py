"""The finder: the few customers that typed words most likely mean."""
