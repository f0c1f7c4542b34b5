"""Everything that is measured, one table after another: `make bench`. Takes a while; leave the machine alone."""

from __future__ import annotations

from benchmarks import alarms, audit, door, start, storm, worktime


def main() -> int:
    """Prints every table."""
    for name, measure in (
        ("The door", door.main),
        ("Alarms", alarms.main),
        ("A storm", storm.main),
        ("A look of the auditor", audit.main),
        ("Start, memory, routes", start.main),
        ("Working time", worktime.main),
    ):
        print(f"\n## {name}\n", flush=True)
        measure()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
