"""What the shop remembers: rows in tables, changed inside units of work, kept in a file."""
