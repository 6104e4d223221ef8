"""Signing in and out: pages, routes, cookies of forms, and single sign-on."""
