"""Turns: bounded, fair between askers, given back once, and told how long they took."""

from __future__ import annotations

import random
import threading

import pytest

from holoscope.warehouses.base import WarehouseBusy
from holoscope.warehouses.slots import Slots


def queued(slots, *askers):
    """Turns of these askers, asked for in this order, and the names in the order in which they came."""
    came: list[str] = []
    turns = []
    for number, asker in enumerate(askers):
        turn = slots.turn(asker)
        turn.queue_up(lambda name=f"{asker}{number}": came.append(name))
        turns.append(turn)
    return turns, came


def test_one_asker_waits_first_come_first_served():
    turns, came = queued(Slots(1, 10), *"aaaa")
    assert came == ["a0"]
    for turn in turns:
        assert turn.wait()
        turn.free()
    assert came == ["a0", "a1", "a2", "a3"]


def test_a_single_question_passes_a_hundred_of_another():
    slots = Slots(2, 500)
    turns, came = queued(slots, *("a" * 100), "b")
    assert came == ["a0", "a1"]
    turns[0].free()
    assert came[-1] == "b100"
    turns[1].free()
    assert came[-1] == "a2"


def test_askers_take_turns():
    turns, came = queued(Slots(1, 50), *"aaaabbbbcc")
    by_name = {f"{turn.askers[0]}{number}": turn for number, turn in enumerate(turns)}
    while len(came) < len(turns):
        by_name[came[-1]].free()
    assert "".join(name[0] for name in came) == "abcabcabab"


def test_who_has_fewer_running_comes_first():
    slots = Slots(4, 50)
    turns, came = queued(slots, *"aaaaabbb")
    for turn in turns[:4]:
        turn.free()
    assert came[4:] == ["b5", "b6", "a4", "b7"]


def test_the_queue_is_bounded_and_the_flood_pays():
    slots = Slots(1, 4)
    turns, _ = queued(slots, *"aaaaa")
    with pytest.raises(WarehouseBusy):
        slots.turn("a").wait()
    newcomer = slots.turn("b")
    newcomer.queue_up()
    with pytest.raises(WarehouseBusy):
        turns[4].wait()
    second = slots.turn("b")
    second.queue_up()
    with pytest.raises(WarehouseBusy):
        turns[3].wait()
    with pytest.raises(WarehouseBusy):
        slots.turn("b").wait()  # both have two waiting
    turns[0].free()
    assert newcomer.wait()


def test_no_room_to_wait_at_all():
    slots = Slots(1, 0)
    held = slots.turn("a")
    assert held.wait()
    with pytest.raises(WarehouseBusy):
        slots.turn("b").wait()
    held.free()
    assert slots.turn("b").wait()


def test_giving_up():
    slots = Slots(1, 4)
    (held, waiting, last), came = queued(slots, *"aab")
    waiting.give_up()
    waiting.give_up()
    assert not waiting.wait()
    held.give_up()  # it runs: only `free` gives it back
    held.free()
    held.free()
    assert came == ["a0", "a1", "b2"]
    assert last.wait()
    last.free()
    early = slots.turn("a")
    early.give_up()
    assert not early.wait()
    assert slots.turn("a").wait()


def test_a_shared_statement_runs_when_the_first_of_its_askers_is_due():
    slots = Slots(1, 50)
    turns, came = queued(slots, *"aaaa")
    turns[3].share("b")
    turns[0].free()
    assert came[-1] == "a3"
    turns[3].free()
    turns[1].share("b")
    assert came[-1] == "a1"


def test_waiting_is_told():
    slots = Slots(1, 50)
    turns, _ = queued(slots, *"aab")
    assert [turn.queued.depth for turn in turns] == [0, 0, 1]
    assert turns[0].queued.seconds < 1
    first, second = (turns[1].queued.seconds for _ in range(2))
    assert first < second
    turns[0].free()
    first, second = (turns[2].queued.seconds for _ in range(2))
    assert 0 < first == second


@pytest.mark.parametrize("seed", range(20))
def test_no_turn_is_lost_or_given_twice(seed):
    """Any mix of asking, sharing, giving up and freeing: never more than `count` at once, none forgotten."""
    chance = random.Random(seed)
    slots = Slots(3, 12)
    turns = []
    for _ in range(400):
        step = chance.random()
        if step < 0.5 or not turns:
            turn = slots.turn(chance.choice("abc"))
            turn.queue_up()
            turns.append(turn)
        elif step < 0.6:
            chance.choice(turns).share(chance.choice("abc"))
        elif step < 0.7:
            chance.choice(turns).give_up()
        else:
            chance.choice(turns).free()
        running = [turn for turn in turns if turn.runs_for is not None and not turn.is_over]
        waiting = [turn for turn in turns if turn.is_waiting]
        assert len(running) <= 3
        assert len(waiting) <= 12
        assert not waiting or len(running) == 3
    while any(turn.is_waiting for turn in turns):
        next(turn for turn in turns if turn.runs_for is not None and not turn.is_over).free()
    for turn in turns:
        turn.free()
    assert [slots.turn("z").wait() for _ in range(3)] == [True] * 3


def test_many_threads():
    slots = Slots(2, 1000)
    at_once, most, done = 0, 0, 0
    lock = threading.Lock()

    def work(asker):
        nonlocal at_once, most, done
        for _ in range(50):
            turn = slots.turn(asker)
            assert turn.wait()
            with lock:
                at_once += 1
                most = max(most, at_once)
            with lock:
                at_once -= 1
                done += 1
            turn.free()

    threads = [threading.Thread(target=work, args=(name,)) for name in "aabbcc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert (most <= 2, done) == (True, 300)
