"""Orders after they were placed: their status, their shipments, their history."""
