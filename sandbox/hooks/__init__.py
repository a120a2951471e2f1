"""Webhooks: what is told to whom, signed, sent and sent again."""
