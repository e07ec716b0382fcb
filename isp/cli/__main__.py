"""`python -m isp.cli` is `isp`."""

from isp.cli import main

main()
