"""Dialogs used during a call: verifying the caller, recording a promise to pay."""
