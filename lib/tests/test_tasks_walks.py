"""A way that is told leads where it should, and its words do not say how far it is."""

import itertools
from collections import Counter

import numpy as np
import pytest
import torch

from throughtime import tasks
from throughtime.errors import KindError, ThroughTimeError
from throughtime.tasks.steps import COLOURS, COLUMNS, KINDS, ROWS, STOP
from throughtime.tasks.walks import FARTHEST, MOST_LEGS, SHARE, SIDE

AHEAD = {"up": (-1, 0), "right": (0, 1), "down": (1, 0), "left": (0, -1)}
ROUND = list(AHEAD)


def draw(B=120, legs=(1, 5), seed=0):
    return tasks.walks(B, torch.Generator().manual_seed(seed), legs)


WALKS = draw()


def told(walks, b):
    return walks.vocabulary.decode(walks.words[:, b][walks.words_mask[:, b]])


def named(walks, b, place):
    """Return what lies on a place, in words."""
    number = int(walks.fields[b, place[0] % SIDE, place[1] % SIDE])
    if number == 0:
        return ""
    colour, kind = divmod(number - 1, len(KINDS))
    return f"{COLOURS[colour]} {KINDS[kind]}"


def by_reading(walks, b):
    """Follow the words on the plane: walk on until the named landmark is reached."""
    place, head, actions = (0, 0), 0, []
    for leg in told(walks, b).split(" then "):
        words = leg.split()
        if words[0] == "turn":
            assert words[1] in ("left", "right")
            head = (head + (1 if words[1] == "right" else -1)) % 4
            actions.append(words[1])
        for _ in range(SIDE):
            step = AHEAD[ROUND[head]]
            place = (place[0] + step[0], place[1] + step[1])
            actions.append("forward")
            if named(walks, b, place) == " ".join(words[-2:]):
                break
    return [*actions, "stop"], place


def test_the_right_actions_are_those_of_a_reader_who_sees_the_plane():
    for b in range(120):
        actions, place = by_reading(WALKS, b)
        right = [tasks.ACTIONS[i] for i in WALKS.actions[:, b][WALKS.mask[:, b]]]
        assert right == actions
        assert WALKS.goal[b].tolist() == [place[0] % SIDE, place[1] % SIDE]
        assert told(WALKS, b).count(" then ") + 1 == WALKS.legs[b]


def test_turns_are_those_that_are_told():
    for b in range(120):
        legs = told(WALKS, b).split(" then ")
        turned = WALKS.turned[: len(legs), b].tolist()
        assert turned == [leg.startswith("turn") for leg in legs]


def test_a_way_never_meets_itself():
    for b in range(120):
        standing, places = tasks.stand(1), []
        for action in WALKS.actions[:, b][WALKS.mask[:, b]]:
            standing = tasks.move(standing, action[None], SIDE)
            if action == 0:
                places.append(tuple(standing.place[0].tolist()))
        assert len(set(places)) == len(places)


def test_the_words_do_not_say_how_far_it_is():
    walks = draw(4000, (1, 1), seed=5)
    far = (walks.actions == 0).logical_and(walks.mask).sum(0)
    tables = [Counter(far.tolist())]
    for word in ("left", "on", "red", "lamp"):
        has = (walks.words == walks.vocabulary.encode(word)[0]).any(0)
        tables.append(Counter(far[has].tolist()))
    for table in tables:
        n = sum(table.values())
        assert set(table) == set(range(1, FARTHEST + 1))
        worst = max(abs(count - n / FARTHEST) for count in table.values())
        assert worst < 4 * (n / FARTHEST) ** 0.5


@pytest.mark.parametrize(
    "turned", [t for n in (1, 2, 3, 4) for t in itertools.product((0, 1), repeat=n)]
)
def test_the_best_blind_rate_is_that_of_the_likeliest_place(turned):
    ends = Counter()
    for far in itertools.product(range(1, FARTHEST + 1), repeat=len(turned)):
        place, across = [0, 0], False
        for turn, steps in zip(turned, far, strict=True):
            across = across != bool(turn)
            place[across] += steps
        ends[tuple(place)] += 1
    best = max(ends.values()) / FARTHEST ** len(turned)
    assert tasks.blind_rate(turned) == pytest.approx(best)


def test_landmarks_lie_on_their_share_of_places():
    assert (WALKS.fields > 0).double().mean() == pytest.approx(SHARE, abs=0.01)
    counts = np.bincount(WALKS.fields.flatten().numpy())[1:]
    assert len(counts) == len(COLOURS) * len(KINDS)
    assert counts.max() < 1.1 * counts.min()


@pytest.mark.parametrize("heading", range(4))
def test_a_view_is_what_lies_ahead_whatever_the_heading(heading):
    fields = torch.randint(17, (1, 9, 9), generator=torch.Generator().manual_seed(1))
    standing = tasks.Standing(torch.tensor([[4, 3]]), torch.tensor([heading]))
    number = tasks.seen(fields, standing)[0]
    # Turn the map until the agent heads up, around its place in the middle.
    middle = torch.roll(fields[0], (0, 1), (0, 1))
    turned = torch.rot90(middle, heading, (0, 1))
    want = turned[4 - ROWS + 1 : 5, 3:6].flip(0)
    assert number.tolist() == want.tolist()
    codes = tasks.view(fields, standing).reshape(ROWS, COLUMNS, -1)
    for row, column in itertools.product(range(ROWS), range(COLUMNS)):
        k = int(number[row, column])
        code = [0.0] * 8
        if k:
            code[(k - 1) // 4] = code[4 + (k - 1) % 4] = 1.0
        assert codes[row, column].tolist() == code


def test_four_turns_lead_back_and_the_plane_is_rolled_up():
    standing = tasks.stand(2)
    for _ in range(4):
        standing = tasks.move(standing, torch.tensor([1, 2]), 5)
    assert standing.heading.tolist() == [0, 0]
    for _ in range(5):
        before = standing
        standing = tasks.move(standing, torch.tensor([0, STOP]), 5)
        assert standing.place[0].tolist() != before.place[0].tolist()
    assert standing.place.tolist() == [[0, 0], [0, 0]]


def test_along_the_right_way_one_sees_what_one_would_see_going_it():
    views, before = WALKS.along()
    assert before[0].unique().tolist() == [tasks.NO_ACTION]
    assert torch.equal(before[1:], WALKS.actions[:-1])
    standing = tasks.stand(120)
    for t in range(6):
        assert torch.equal(views[t], tasks.view(WALKS.fields, standing))
        standing = tasks.move(standing, WALKS.actions[t], SIDE)
    assert views.shape[2] == tasks.VIEW_SIZE


def test_ways_come_by_the_generator():
    again = draw()
    assert all(torch.equal(a, b) for a, b in zip(WALKS[:8], again[:8], strict=True))
    assert not torch.equal(draw(seed=1).fields, WALKS.fields)


def test_wrong_wishes_for_ways_are_refused():
    chance = torch.Generator()
    with pytest.raises(ThroughTimeError, match=r"the fewest of legs is 0; wanted 1"):
        tasks.walks(3, chance, (0, 2))
    with pytest.raises(ThroughTimeError, match=r"legs go up to 8; wanted 7"):
        tasks.walks(3, chance, (1, MOST_LEGS + 1))
    with pytest.raises(KindError, match=r"generator is a int"):
        tasks.walks(3, 0)
