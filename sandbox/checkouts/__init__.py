"""Carts: what is in them, what they cost, and how they become orders."""
