"""StatLine: a table of Statistics Netherlands, read through its open service into a snapshot.

`settings` is what a researcher writes, `client` gets pages, `v3` and `v4` read the two versions
of the service into the same form (`table`), and `snapshot` stores what came.
"""

from analysis.statline.snapshot import fetch_snapshot

__all__ = ["fetch_snapshot"]
