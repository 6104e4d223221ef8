"""Demo data: invented customers of a provider, with realistic histories and books."""
