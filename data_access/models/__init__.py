"""The tables, one module for each area. No relationship() between aggregates: queries join explicitly."""
