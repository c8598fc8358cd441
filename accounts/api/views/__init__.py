"""The doors of contract 2.1, split by noun."""
