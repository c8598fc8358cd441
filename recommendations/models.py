"""Recommendations are computed from viewing state; nothing of their own is stored yet."""
