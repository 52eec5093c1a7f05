"""How far from a slot or a visit words wish something."""

from datetime import timedelta

import pytest

from marcai.conversation.shifts import shift_in

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("words", "by"),
    [
        ("actually can we make it an hour later?", HOUR),
        ("an hour and a half earlier", -1.5 * HOUR),
        ("ten minutes later", HOUR / 6),
        ("push my Thursday visit back by 30 minutes", HOUR / 2),
        ("a week later", 7 * DAY),
        ("the following day", DAY),
        ("the week after", 7 * DAY),
        ("na verdade dá pra ser uma hora mais tarde?", HOUR),
        ("meia hora antes", -HOUR / 2),
        ("dá pra adiantar quinze minutos?", -HOUR / 4),
        ("um dia depois", DAY),
        ("na semana seguinte", 7 * DAY),
        ("晚一个小时行吗", HOUR),
        ("晚一个半小时", 1.5 * HOUR),
        ("提前一刻钟", -HOUR / 4),
        ("推迟一天", DAY),
        ("早两天", -2 * DAY),
    ],
)
def test_a_measure_is_heard(words: str, by: timedelta) -> None:
    shift = shift_in(words)
    assert shift is not None
    assert shift.by == by


@pytest.mark.parametrize(
    "words",
    [
        *("later", "too early", "the day after tomorrow", "later this week", "should I arrive ten minutes earlier?"),
        *("mais tarde", "uma hora depois das 10", "devo chegar 15 minutos antes?", "晚一点", "早点", "需要提前15分钟到吗"),
    ],
)
def test_what_is_no_measure_from_a_slot_is_left_alone(words: str) -> None:
    assert shift_in(words) is None
