"""The numbers that book/10_inside states by hand and in answers, and its checkpoint."""

import hashlib
import json
import math
import re
import zipfile

import numpy as np
import pytest
import torch
from chapter_10 import BOOK, PAGE, answer

from throughtime import models, text
from throughtime.testing import assert_close
from throughtime.train import load

CHECKPOINT = BOOK.parent / "lib" / "throughtime" / "checkpoints" / "inside.npz"
TINY = {
    name: torch.tensor(value).double()
    for name, value in json.loads(
        (BOOK / "_widgets" / "unroller.json").read_text(encoding="utf-8")
    ).items()
}


def walk(xs):
    """Return o_3 and the a_t and h_t of the small network, which autograd follows."""
    h_t, before, after = TINY["h_0"], [], []
    for x_t in xs:
        a_t = TINY["W_xh"] @ x_t + TINY["W_hh"] @ h_t + TINY["b_h"]
        h_t = torch.relu(a_t)
        before.append(a_t)
        after.append(h_t)
    return (TINY["W_hy"] @ h_t + TINY["b_y"])[0], before, after


def o_3(x_3):
    xs = torch.cat([TINY["xs"][:2], torch.tensor([[x_3]]).double()])
    return walk(xs)[0].item()


def numbers(cell):
    cell = cell.replace("\N{MINUS SIGN}", "-").strip("() ")
    return [float(number) for number in cell.split(",")]


def test_the_walk_from_the_last_output_is_autograds():
    xs = TINY["xs"].clone().requires_grad_()
    o, before, after = walk(xs)
    rows = re.findall(r"^\| ([321]) \| (.+) \| (.+) \| (.+) \| (.+) \|$", PAGE, re.M)
    assert [row[0] for row in rows] == ["3", "2", "1"]
    grad = torch.autograd.grad
    (dx,) = grad(o, xs, retain_graph=True)
    for t, (_, dh, slope, da, dx_t) in zip((2, 1, 0), rows, strict=True):
        assert_close(numbers(dh), grad(o, after[t], retain_graph=True)[0])
        assert_close(numbers(da), grad(o, before[t], retain_graph=True)[0])
        assert_close(numbers(slope), (before[t] > 0).double())
        assert_close(numbers(dx_t), dx[t])


def test_the_moves_of_the_last_output_are_those_that_the_text_names():
    assert o_3(1.0) == -0.5
    assert o_3(0.0) == 0.0
    assert o_3(5.0) == 1.5
    at = torch.tensor([[2.2]]).double().requires_grad_()
    o, *_ = walk(torch.cat([TINY["xs"][:2], at]))
    assert torch.autograd.grad(o, at)[0].item() == 0


def test_exercise_path_has_the_function_and_its_pieces():
    for x_3 in np.linspace(-1, 6, 29):
        formula = max(0, x_3 - 2.5) + 0.5 * max(0, 2 - x_3) - 1
        assert_close(o_3(x_3), formula)
    middles = np.arange(1, 5, 0.001) + 0.0005
    slopes = np.where(middles < 2, -0.5, np.where(middles < 2.5, 0, 1))
    assert_close(slopes.sum() * 0.001, o_3(5.0) - o_3(1.0), rtol=1e-9)
    assert "= 2$" in answer("ex-10-path")


def test_exercise_shift_has_all_eight_correlations():
    y = np.array([0, 1, 1, 1, 0, 0, 0, 0])
    want = {0: 1, 1: 7 / 15, 2: -1 / 15, 3: -9 / 15, 4: -9 / 15}
    for s in range(8):
        r = np.corrcoef(y, np.roll(y, s))[0, 1]
        assert_close(r, want[min(s, 8 - s)])
    for fraction in ("7/15", "-1/15", "-9/15", "15/64", "p = 1/8"):
        assert fraction in answer("ex-10-shift")


def test_exercise_many_has_the_probabilities_of_its_answer():
    one = math.erfc(0.4 * math.sqrt(50) / math.sqrt(2))
    assert 0.4 * math.sqrt(50) == pytest.approx(2.83, abs=5e-3)
    assert one == pytest.approx(0.0047, abs=5e-5)
    assert 1 - (1 - one) ** 128 == pytest.approx(0.45, abs=5e-3)
    for number in ("2.83", "0.0047", "0.45"):
        assert number in answer("ex-10-many")


@pytest.fixture(scope="module")
def saved():
    return load(CHECKPOINT)


def test_the_checkpoint_is_small_holds_no_pickle_and_says_how_it_was_made(saved):
    assert CHECKPOINT.stat().st_size <= 1_000_000
    with zipfile.ZipFile(CHECKPOINT) as archive:
        for name in archive.namelist():
            with archive.open(name) as entry:
                assert np.lib.format.read_magic(entry) == (1, 0)
                assert not np.lib.format.read_array_header_1_0(entry)[2].hasobject
    wanted = {"config", "command", "seed", "held_out_nats", "sha256_of_held_out"}
    assert wanted <= set(saved.about)
    script = saved.about["command"].split()[1]
    assert (BOOK.parent / script).is_file()


def test_the_checkpoint_has_the_held_out_loss_that_it_states(saved):
    model = models.CharLM(**saved.about["config"]).eval()
    model.load_state_dict(saved.weights)
    unseen = text.stdlib_source(split="test")
    ids = text.Vocabulary(text.SOURCE_CHARACTERS).encode(unseen)
    total, count, state = 0.0, 0, None
    with torch.no_grad():
        for batch in text.StatefulBatches(ids, 256, 200, keep_last=True):
            logits, state = model(batch[0], state)
            loss = torch.nn.functional.cross_entropy(
                logits.flatten(0, 1), batch[1].flatten(), reduction="sum"
            )
            total, count = total + loss.item(), count + batch[1].numel()
    same = hashlib.sha256(unseen.encode()).hexdigest()
    # Another Python has other files of the same names.
    room = 1e-3 if same == saved.about["sha256_of_held_out"] else 0.1
    assert total / count == pytest.approx(saved.about["held_out_nats"], abs=room)


RECORDS = sorted(set(re.findall(r'record\("(\w+)"\)', PAGE)))


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_says_how_it_was_made_and_names_no_path(name):
    path = BOOK / "records" / f"{name}.json"
    found = json.loads(path.read_text(encoding="utf-8"))
    assert {"command", "seed", "date", "versions", "sha256"} <= set(found)
    script = found["command"].split()[1]
    assert (BOOK.parent / script).is_file()
    assert not re.search(r"/(tmp|work|home|root)/", path.read_text(encoding="utf-8"))


def test_the_record_is_of_the_run_that_made_the_checkpoint(saved):
    path = BOOK / "records" / "inside.json"
    found = json.loads(path.read_text(encoding="utf-8"))
    for name in ("command", "seed", "held_out_nats"):
        assert found[name] == saved.about[name]


def test_the_interval_of_a_mean_over_pieces_holds_it_where_characters_agree():
    (code,) = re.findall(r"^def half\(.*?(?=\n\n)", PAGE, re.DOTALL | re.MULTILINE)
    space, chance = {"P": 16, "j": 0}, torch.Generator().manual_seed(0)
    exec(code, space)
    held, naive = 0, 0
    for _ in range(500):
        of_piece = torch.randn(16, 1, generator=chance)
        space["rise"] = of_piece + torch.randn(50, 16, 1, generator=chance)
        where = torch.rand(50, 16, generator=chance) < torch.linspace(0.1, 0.9, 16)
        some = space["rise"][where][:, 0]
        held += abs(some.mean()) < space["half"](where, some.mean())
        naive += abs(some.mean()) < 1.96 * some.std() / len(some) ** 0.5
    assert held / 500 == pytest.approx(0.95, abs=0.04)
    assert naive / 500 < 0.6, "as if characters were independent"
