"""Signing in and out: pages, routes, form cookies, and single sign-on."""
