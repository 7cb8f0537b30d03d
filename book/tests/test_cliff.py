"""The cliff computes, draws and says what throughtime.spectrum does."""

import re
from functools import cache

import pytest
import stage
import torch

from throughtime.spectrum import clip_norm_, error_surface

pytestmark = pytest.mark.browser

STEPS = 20
RATES = [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2]
THRESHOLDS = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 100]
CASES = [
    {"w": 4.5, "b": -1.8, "rate": 0.5, "threshold": 1},  # the chapter's
    {"w": 4.5, "b": -2.2, "rate": 0.3, "threshold": 1},  # thrown far away
    {"w": 5.0, "b": -2.0, "rate": 0.3, "threshold": 1},  # only short gradients
    {"w": 3.6, "b": -1.55, "rate": 0.1, "threshold": 0.05},
    {"w": 4.0, "b": -2.5, "rate": 0.5, "threshold": 0.2},
]


@cache
def descend(w, b, rate, threshold):
    """Return (w, b, error, gradient norm) at each step, by throughtime."""
    theta = torch.tensor([w, b], dtype=torch.float64)
    points = []
    for _ in range(STEPS + 1):
        surface = error_surface(theta[:1], theta[1:])
        theta.grad = torch.cat([surface.dw[0], surface.db[0]])
        norm = theta.grad.norm().item()
        points.append([*theta.tolist(), surface.cost.item(), norm])
        if threshold is not None:
            clip_norm_(theta, threshold)
        theta = theta - rate * theta.grad
    return points


def truth(w, b, rate, threshold):
    ways = {"plain": None, "clipped": threshold}
    return {name: descend(w, b, rate, way) for name, way in ways.items()}


@pytest.fixture(scope="module")
def load(browser, tmp_path_factory):
    with stage.stage(browser, tmp_path_factory.mktemp("cliff"), "cliff") as load:
        yield load


@pytest.fixture(scope="module")
def page(load):
    return load()


def set_up(page, w, b, rate, threshold, shown=STEPS):
    stage.slide(page, "Start: weight w", w)
    stage.slide(page, "Start: bias b", b)
    stage.slide(page, "Learning rate", RATES.index(rate))
    stage.slide(page, "Clipping threshold", THRESHOLDS.index(threshold))
    stage.slide(page, "Steps shown", shown)


def equal(page, case):
    """Are the descents of the page throughtime's?"""
    found = stage.result(page)
    return all(
        [point[key] for key in ("w", "b", "E", "norm")]
        == pytest.approx(want, rel=1e-6, abs=1e-9)
        for name, points in truth(**case).items()
        for point, want in zip(found[name], points, strict=True)
    )


@pytest.mark.parametrize("case", CASES, ids=str)
def test_both_descents_are_throughtimes(page, case):
    set_up(page, **case)
    assert equal(page, case)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_table_shows_them(page, case):
    set_up(page, **case)
    (plain, clipped), rows = truth(**case).values(), stage.rows(page)
    assert [row[0] for row in rows] == [str(i) for i in range(STEPS + 1)]
    for row, *points in zip(rows, plain, clipped, strict=True):
        shown = [stage.number(text) for text in row[1:]]
        assert shown == pytest.approx([*points[0], *points[1]], rel=0.006, abs=1e-200)


def tints(page):
    """Return the tints of the levels of the error, the lowest first."""
    return page.locator(".cliff-ground").evaluate_all(
        "(all) => all.map(e => +e.style.getPropertyValue('--part').slice(0, -1))"
    )


def test_the_ground_is_throughtimes_error(page):
    levels = torch.tensor([0.01, 0.02, 0.04, 0.06, 0.1, 0.2, 0.3, 0.4, 0.45])
    w = 3.5 + 2 * (torch.arange(240).double() + 0.5) / 240
    b = -3 + 1.5 * (torch.arange(160).double() + 0.5) / 160
    want = torch.bucketize(
        error_surface(w, b).cost.T.contiguous(), levels.double(), right=True
    )
    got = page.locator("rnn-cliff").evaluate("e => e.levels")
    assert (torch.tensor(got) == want).double().mean() > 0.9999  # rounding at an edge
    assert tints(page) == sorted(set(tints(page)))
    hit = """(map, [w, b]) => {
        const { X, Y } = map.scales;
        return [...map.querySelectorAll('.cliff-ground')]
            .findIndex((path) => path.isPointInFill(new DOMPoint(X(w), Y(b))));
    }"""
    for i, j in [(0, 0), (159, 239), (80, 30), (100, 200), (20, 100), (150, 10)]:
        place = [w[j].item(), b[i].item()]
        assert page.locator("rnn-cliff").evaluate(hit, place) == want[i, j], place


def places(page, kind):
    """Return the marks of a descent as w and b, read off the axes."""
    return page.locator("rnn-cliff").evaluate(
        """(map, kind) => [...map.querySelectorAll(`.cliff-dot.${kind}`)]
            .map(e => map.scales.back(e.cx.baseVal.value, e.cy.baseVal.value))""",
        kind,
    )


@pytest.mark.parametrize("shown", [0, 2, 20])
def test_the_marks_lie_at_the_steps_until_the_path_leaves_the_map(page, shown):
    set_up(page, **CASES[1], shown=shown)
    for kind, points in truth(**CASES[1]).items():
        inside = [3.5 <= w <= 5.5 and -3 <= b <= -1.5 for w, b, *_ in points]
        stay = [*inside, False].index(False)
        want = [point[:2] for point in points[: min(shown + 1, stay)]]
        for seen, place in zip(places(page, kind), want, strict=True):
            assert seen == pytest.approx(place, abs=2e-4)


def test_the_axes_are_at_the_numbers_that_they_name(page):
    ticks = page.locator("rnn-cliff").evaluate(
        """map => [...map.querySelectorAll('.panel-stage > svg > text')].map(e => [
            e.textContent, ...map.scales.back(e.x.baseVal[0].value,
                e.y.baseVal[0].value - 4)])"""
    )
    numbers = [
        (float(stage.plain(t)), w, b) for t, w, b in ticks if re.search(r"\d", t)
    ]
    assert len(numbers) == 9
    for value, w, b in numbers:
        assert value == pytest.approx(w if value > 0 else b, abs=1e-6)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_words_tell_where_both_arrive(page, case):
    set_up(page, **case)
    words = stage.say(page)
    plain, clipped = truth(**case).values()
    ends = re.findall(r"w = (\S+), b = (\S+), error (.+?)\.(?: |$)", words)
    wanted = [plain[0][:3], plain[-1][:3], clipped[-1][:3]]
    calm = max(point[3] for point in plain[:-1]) <= case["threshold"]
    assert ("clipping changes nothing" in words) == calm
    for texts, want in zip(ends, wanted[: 2 if calm else 3], strict=True):
        assert [stage.number(t) for t in texts] == pytest.approx(want, rel=0.006)
    longest = re.search(r"longest gradient has norm (.+?)[;]", words)[1]
    assert stage.number(longest) == pytest.approx(
        max(point[3] for point in plain[:-1]), rel=0.006
    )
    gone = re.search(r"step (\d+) leaves the map", words)
    out = [i for i, (w, b, *_) in enumerate(plain) if not 3.5 <= w <= 5.5 or b > -1.5]
    assert (int(gone[1]) if gone else None) == (out[0] if out else None)


def start(page):
    return page.locator("rnn-cliff").evaluate("e => [e.options.w, e.options.b]")


def test_arrow_keys_on_the_map_move_the_start(page):
    set_up(page, **CASES[1])
    page.get_by_role("group", name="Map of the error").focus()
    for key, want in [
        ("ArrowRight", (4.55, -2.2)),
        ("ArrowUp", (4.55, -2.15)),
        ("ArrowLeft", (4.5, -2.15)),
        ("ArrowDown", (4.5, -2.2)),
    ]:
        page.keyboard.press(key)
        assert start(page) == pytest.approx(want)
    assert equal(page, CASES[1])
    for _ in range(30):
        page.keyboard.press("ArrowDown")
    assert start(page) == pytest.approx((4.5, -3))


@pytest.mark.parametrize("width", [800, 360])
def test_the_start_follows_a_drag_and_a_press_on_the_map(load, width):
    page = load(width)
    box = page.locator(".cliff-start").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    unit = page.locator("rnn-cliff").evaluate("e => e.scales.X(4.5) - e.scales.X(3.5)")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + unit / 4, y)
    page.mouse.move(x + unit / 2, y, steps=3)
    page.mouse.up()
    assert start(page) == pytest.approx((5.0, -1.8), abs=0.02)
    page.mouse.move(x, y)  # nothing is held any more
    assert start(page) == pytest.approx((5.0, -1.8), abs=0.02)
    page.mouse.click(x - unit / 4, y)
    assert start(page) == pytest.approx((4.25, -1.8), abs=0.02)
    page.close()


def test_a_finger_drags_the_start_and_does_not_scroll_the_page(load):
    page = load(390, has_touch=True)
    box = page.locator(".cliff-start").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    session = page.context.new_cdp_session(page)
    for kind, points in [
        ("touchStart", [{"x": x, "y": y}]),
        ("touchMove", [{"x": x, "y": y - 20}]),
        ("touchMove", [{"x": x, "y": y - 40}]),
        ("touchEnd", []),
    ]:
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    unit = page.locator("rnn-cliff").evaluate("e => e.scales.Y(-2) - e.scales.Y(-1)")
    assert start(page) == pytest.approx((4.5, -1.8 + 40 / unit), abs=0.02)
    assert page.evaluate("scrollY") == 0
    page.close()


@pytest.mark.parametrize(
    ("right", "wrong", "case"),
    [
        ("threshold / norm : 1", "threshold / norm ** 2 : 1", 1),
        ("norm > threshold ?", "norm ** 2 > threshold ?", 3),
        ("w * y * (1 - y)", "y * (1 - y)", 1),
        ("dh_dw = y + slope", "dh_dw = h + slope", 1),
        ("2 * (y - TARGET)", "(y - TARGET)", 2),
        ("TARGET] = [50, 0.5", "TARGET] = [50, 0", 1),
        ("rate * factor * db", "rate * db", 4),
    ],
)
def test_a_planted_fault_is_found(load, right, wrong, case):
    assert right in (stage.FOLDER / "shared" / "surface.js").read_text()
    page = load(faults=((right, wrong),))
    set_up(page, **CASES[case])
    assert not equal(page, CASES[case])
    page.close()
