"""Dialogs during a call: the caller is verified, a promise to pay is taken."""
