"""The tables, a module an area. No relationship() between aggregates: queries join in the open."""
