"""Counts requests in Redis, where every process sees them.

A window slides over two counters: of the window that runs and of the one before, the latter weighted by how much of it is still
inside. One script counts both windows of a rule (minute and second) in one round trip.
"""

import hashlib
import logging
from dataclasses import dataclass
from math import ceil

from marcai.backends.redis.store import RedisGone, Scripts
from marcai.doorway.limits import Rule, Verdict
from marcai.kit.clock import Clock

LOG = logging.getLogger(__name__)

ADMIT = """
local answer = {}
for i, key in ipairs(KEYS) do
  local width = tonumber(ARGV[i + 1])
  local now = tonumber(ARGV[1])
  local window = math.floor(now / width)
  local current = redis.call('INCR', key .. ':' .. window)
  if current == 1 then redis.call('PEXPIRE', key .. ':' .. window, 2 * width) end
  local before = tonumber(redis.call('GET', key .. ':' .. (window - 1)) or '0')
  answer[2 * i - 1] = current
  answer[2 * i] = before
end
return answer
"""
"""KEYS: the minute's and the second's counter. ARGV: now in ms, then each window's width in ms. Returns (current, before) for each."""

MINUTE_MS, SECOND_MS = 60_000, 1_000


@dataclass(frozen=True, slots=True)
class RedisLimiter:
    """Keeps `doorway.limits.Limiter`."""

    scripts: Scripts
    clock: Clock

    async def admit(self, subject: str, rule: Rule) -> Verdict:
        """Count one request; admit it when Redis is gone."""
        now = self.clock.real_time_of(self.clock.now())
        now_ms = int(now.timestamp() * 1000)
        name = hashlib.sha256(f"{rule.name}|{subject}".encode()).hexdigest()[:32]
        try:
            found = await self.scripts.run(ADMIT, [f"limit:{{{name}}}:m", f"limit:{{{name}}}:s"], [now_ms, MINUTE_MS, SECOND_MS])
        except RedisGone as error:
            LOG.warning("limits are not counted", extra={"error": str(error)})
            return Verdict(True, rule.per_minute, rule.per_minute, now_ms // 1000 + 60)
        minute, minute_before, second, second_before = (int(count) for count in found)  # type: ignore[attr-defined]
        in_minute = minute + minute_before * (1 - now_ms % MINUTE_MS / MINUTE_MS)
        in_second = second + second_before * (1 - now_ms % SECOND_MS / SECOND_MS)
        wait = 0
        if in_minute > rule.per_minute:
            wait = _wait_seconds(now_ms, MINUTE_MS, minute, minute_before, rule.per_minute)
        elif in_second > rule.burst:
            wait = _wait_seconds(now_ms, SECOND_MS, second, second_before, rule.burst)
        remaining = max(0, rule.per_minute - ceil(in_minute))
        reset_at = (now_ms // MINUTE_MS + (2 if minute > 0 else 1)) * 60
        return Verdict(wait == 0, rule.per_minute, 0 if wait else remaining, max(reset_at, now_ms // 1000 + wait), wait)


def _wait_seconds(now_ms: int, width_ms: int, current: int, before: int, bound: int) -> int:
    """Return after how many whole seconds, at least one, another request would be admitted if none came until then."""
    inside_ms = now_ms % width_ms
    if current < bound and before > 0:
        # There is room once what is left of the window before, and this request, fit beside the current count.
        ready_ms = width_ms * (1 - (bound - current - 1) / before)
        wait_ms = ready_ms - inside_ms
    else:
        # The window that runs is full by itself: it must first become the one before.
        wait_ms = width_ms - inside_ms + max(0.0, width_ms * (1 - (bound - 1) / max(1, current)))
    return max(1, ceil(wait_ms / 1000))
