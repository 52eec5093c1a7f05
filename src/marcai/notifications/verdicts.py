"""What an endpoint's answers mean for a delivery, and for the endpoint. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from marcai.notifications.ports import Answer, Standing, Verdict
from marcai.notifications.schedule import FAILING_LIMIT, LONGEST_RETRY_AFTER, Schedule
from marcai.notifications.webhook import Attempt, Delivery, DeliveryStatus, Subscription, WhyInactive

GONE = 410
TOO_MUCH = frozenset({429, 502, 503, 504})
"""With a Retry-After, these ask for peace from all deliveries, not from one."""
EXHAUSTED = "exhausted"


def is_success(answer: Answer) -> bool:
    """Say whether the endpoint has the message: any 2xx, and nothing else."""
    return answer.error is None and answer.status_code is not None and 200 <= answer.status_code < 300


def verdict_on(delivery: Delivery, answer: Answer, sent_at: datetime, now: datetime, schedule: Schedule) -> Verdict:
    """Return where a delivery stands after an attempt. The next wait is the schedule's, or the endpoint's own wish if that is longer."""
    attempt = Attempt(sent_at, answer.status_code, answer.error, answer.duration_ms)
    if is_success(answer):
        return Verdict(delivery, attempt, DeliveryStatus.DELIVERED, now)
    wait = schedule.wait_before(delivery.tries + 2)
    if answer.status_code == GONE:
        return Verdict(delivery, attempt, DeliveryStatus.DEAD, now, WhyInactive.GONE)
    if wait is None:
        return Verdict(delivery, attempt, DeliveryStatus.DEAD, now, EXHAUSTED)
    return Verdict(delivery, attempt, DeliveryStatus.PENDING, now + max(wait, _wish(answer)))


def standing_after(subscription: Subscription, answers: Sequence[Answer], now: datetime) -> Standing:
    """Return how an endpoint does after a round: whether it works, wants peace, or is to be left alone for good."""
    if any(answer.status_code == GONE for answer in answers):
        return Standing(subscription.failing_since or now, None, WhyInactive.GONE)
    peace = max((_wish(answer) for answer in answers if answer.status_code in TOO_MUCH), default=timedelta(0))
    paused_until = now + peace if peace else None
    if not answers or any(is_success(answer) for answer in answers):
        return Standing(None if answers else subscription.failing_since, paused_until, None)
    since = subscription.failing_since or now
    return Standing(since, paused_until, WhyInactive.FAILING if now - since >= FAILING_LIMIT else None)


def _wish(answer: Answer) -> timedelta:
    return min(answer.retry_after or timedelta(0), LONGEST_RETRY_AFTER)
