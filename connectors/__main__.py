"""`python -m connectors` is `kontor`."""

from connectors.cli import main

main()
