"""Scenes: each draws what a family of titles has in common, on a stage."""
