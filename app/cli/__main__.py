"""`python -m app.cli`: the same as `dueback`."""

from app.cli import main

main()
