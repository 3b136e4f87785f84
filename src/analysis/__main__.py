"""`python -m analysis`: the same as the command `wijkteams`."""

from analysis.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
