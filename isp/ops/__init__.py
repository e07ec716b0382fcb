"""Shared array maths, without frames or classes."""
