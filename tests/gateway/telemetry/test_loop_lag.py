from __future__ import annotations

import asyncio
import time

import pytest

from gateway.telemetry import loop_lag
from gateway.telemetry.loop_lag import LoopLag


def counted(lag: LoopLag) -> dict[str, float]:
    """Cumulative, by the upper end of the bucket; `sum` is of the seconds."""
    family = lag.family()
    told = {sample.labels["le"]: sample.value for sample in family.samples if sample.labels}
    return told | {"sum": family.samples[-1].value}


async def looked(lag: LoopLag, times: int) -> None:
    async with asyncio.timeout(10):
        while counted(lag)["+Inf"] < times:  # noqa: ASYNC110 - it offers no event
            await asyncio.sleep(0.001)


async def test_a_loop_that_is_held_up_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop_lag, "LOOK_SECONDS", 0.01)
    lag = LoopLag()
    lag.start()
    await looked(lag, 1)
    before = counted(lag)
    time.sleep(0.3)  # noqa: ASYNC251 - what must not happen
    await looked(lag, int(before["+Inf"]) + 1)
    after = counted(lag)
    lag.stop()
    assert after["sum"] - before["sum"] > 0.25
    late = {end: after[end] - before[end] for end in ("0.25", "+Inf")}
    assert late["+Inf"] - late["0.25"] == 1


async def test_it_ends_when_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop_lag, "LOOK_SECONDS", 0.001)
    lag = LoopLag()
    lag.stop()
    lag.start()
    await looked(lag, 2)
    lag.stop()
    before = counted(lag)
    await asyncio.sleep(0.01)
    assert counted(lag) == before
