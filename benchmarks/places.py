"""Where things lie: what is measured is built below `build/`, which version control leaves out."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "benchmarks" / "peers"
WORK = ROOT / "build" / "benchmarks"
