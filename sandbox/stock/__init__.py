"""Counting, promising and moving units, with Saleor's own arithmetic."""
