"""The table of moves is whole: every state is reached, none is a trap, and what changes a calendar comes only after its question."""

import pytest

from marcai.conversation.flow import MOVES, NoSuchMove, State, Trigger, advance


def edges() -> set[tuple[State, State]]:
    return {(source, target or source) for _, sources, target in MOVES for source in sources}


def reachable_from(start: State) -> set[State]:
    found, ahead = {start}, [start]
    while ahead:
        here = ahead.pop()
        for source, target in edges():
            if source is here and target not in found:
                found.add(target)
                ahead.append(target)
    return found


def test_every_state_is_reached_from_the_beginning() -> None:
    assert reachable_from(State.IDLE) == set(State)


@pytest.mark.parametrize("state", State)
def test_no_state_is_a_dead_end(state: State) -> None:
    assert reachable_from(state) == set(State)


def test_every_trigger_has_exactly_one_row_and_every_row_a_known_trigger() -> None:
    assert sorted(trigger for trigger, _, _ in MOVES) == sorted(Trigger)


def test_the_machine_answers_as_the_table_says() -> None:
    for trigger, sources, target in MOVES:
        for state in State:
            if state in sources:
                assert advance(state, trigger) is (target or state)
            else:
                with pytest.raises(NoSuchMove):
                    advance(state, trigger)


@pytest.mark.parametrize("state", sorted(set(State) - {State.OFFERING, State.IDENTIFYING}))
def test_nothing_is_booked_but_from_an_offer(state: State) -> None:
    with pytest.raises(NoSuchMove):
        advance(state, Trigger.BOOKED)


@pytest.mark.parametrize("state", sorted(set(State) - {State.CONFIRMING_CANCEL}))
def test_nothing_is_cancelled_but_after_the_question(state: State) -> None:
    with pytest.raises(NoSuchMove):
        advance(state, Trigger.CANCELLED)


def test_a_question_on_the_way_leaves_the_talk_where_it_stood() -> None:
    assert all(advance(state, Trigger.STAY) is state for state in State)
