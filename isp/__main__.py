"""`python -m isp` is `isp`."""

from isp.cli import main

main()
