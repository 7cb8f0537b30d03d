"""Each kind of figure: what is drawn is what came in, and the words say it too."""

import io

import numpy as np
import pytest
import torch
from matplotlib.colors import to_hex
from matplotlib.patches import FancyArrowPatch

from throughtime import plot
from throughtime.plot.style import PALE

STEPS = np.arange(1, 101)
TEXT = 'if a:\n  "b"'
VALUES = torch.tensor([0.5, -0.25, 0, 0, 0, 0, 0, 0, 1.0, -1.0, 0.75])
WAVE = np.sin(STEPS / 9)
IMAGE = np.linspace(0, 1, 3 * 12 * 12).reshape(3, 12, 12)
MAPS = np.full((2, 4, 4), 1 / 32)
MAPS[0, 0, 3] = MAPS[1, 2, 1] = 17 / 32
X, Y = np.linspace(0, 1, 7), np.linspace(-1, 1, 5)
ERRORS = X[:, None] + 10 * Y[None]
EIGENVALUES = torch.tensor([0.5 + 0j, -0.3 + 0.4j, -0.3 - 0.4j, 0.9 - 1.2j])
SQUARE = np.array([1 + 1j, -1 + 1j, -1 - 1j, 1 - 1j])


def _svg(fig):
    file = io.BytesIO()
    fig.savefig(file, metadata={"Date": None})
    return file.getvalue()


def test_norms_are_drawn_on_a_log_axis_that_says_so_with_the_bound_dashed():
    norms = {"tanh": torch.tensor([1.0, 0.1, 0.0])}
    fig = plot.draw_gradient_norms(norms, bound=np.array([2.0, 1.0, 0.5]))
    line, bound = fig.axes[0].lines
    assert line.get_ydata()[:2] == pytest.approx([1.0, 0.1])
    assert np.isnan(line.get_ydata()[2]), "0 has no place on the axis"
    assert bound.get_ydata().tolist() == [2.0, 1.0, 0.5]
    assert bound.get_linestyle() == "--"
    assert line.get_linestyle() != "--"
    assert fig.axes[0].get_yscale() == "log"
    assert fig.axes[0].get_ylabel() == "gradient norm (log scale)"
    assert "tanh goes from 1 to 0.1 and is 0 at 1 step;" in fig.alt
    assert "the dashed bound goes from 2 to 0.5" in fig.alt
    assert "on a logarithmic scale" in fig.alt


def test_gates_have_a_row_each_on_the_scale_of_a_gate_or_a_cell():
    traces = {"f": torch.tensor([0.0, 0.5, 1.0]), "c": np.array([-2.5, 0.0, 1.0])}
    fig = plot.draw_gates(traces, "a b")
    first, second = fig.axes
    assert first.lines[0].get_ydata().tolist() == [0.0, 0.5, 1.0]
    assert first.get_yticks().tolist() == [0, 0.5, 1]
    assert second.get_yticks().tolist() == [-3, 0, 3]
    assert [axes.get_ylabel() for axes in fig.axes] == ["f", "c"]
    assert [tick.get_text() for tick in second.get_xticklabels()] == ["a", "␣", "b"]
    assert "f goes from 0 to 1; c goes from \u22122.5 to 1" in fig.alt


def test_eigenvalues_outside_of_the_circle_have_another_look():
    fig = plot.draw_eigenvalues(EIGENVALUES, SQUARE)
    circle, edge, inside, outside, *_ = fig.axes[0].lines
    assert np.hypot(*circle.get_data()) == pytest.approx(np.ones(201))
    assert edge.get_xdata().tolist() == [1, -1, -1, 1, 1], "the boundary is closed"
    assert inside.get_xdata() == pytest.approx([0.5, -0.3, -0.3])
    assert inside.get_ydata() == pytest.approx([0, 0.4, -0.4])
    assert outside.get_xdata() == pytest.approx([0.9])
    assert inside.get_marker() != outside.get_marker()
    assert fig.axes[0].get_aspect() == 1
    assert "4 eigenvalues" in fig.alt
    assert "1 lie outside" in fig.alt
    assert "0.9 \u2212 1.2i, of modulus 1.5." in fig.alt
    assert "reaches 1.41" in fig.alt


def test_a_surface_puts_each_error_at_its_parameters():
    path = np.array([[0.25, 0.5], [0.75, -0.5], [2.0, 0.0]])
    fig = plot.draw_surface(X, Y, ERRORS, {"down": path}, labels=("w", "b", "loss"))
    above = next(axes for axes in fig.axes if axes.get_xlabel() == "w" and axes.lines)
    mesh = above.collections[0]
    assert np.asarray(mesh.get_array()).reshape(5, 7)[4, 0] == 10, "x = 0, y = 1"
    assert above.lines[0].get_xydata() == pytest.approx(path)
    assert above.get_xlim() == (0, 1)
    assert above.get_ylim() == (-1, 1)
    assert "highest 11 at (1, 1)" in fig.alt
    assert "lowest \u221210 at (0, \u22121)" in fig.alt
    assert "down goes in 2 steps from (0.25, 0.5) to (2, 0), 1 of its points" in fig.alt


def test_a_text_stands_on_the_colours_of_its_cell_and_wraps():
    fig = plot.draw_text(TEXT, VALUES, width=4)
    letters = {
        (round(t.get_position()[1]), round(t.get_position()[0])): t.get_text()
        for t in fig.axes[0].texts
    }
    rows = ["if a", ":↵", '  "b', '"']
    assert letters == {
        (i, j): letter
        for i, row in enumerate(rows)
        for j, letter in enumerate(row)
        if letter != " "
    }
    image = fig.axes[0].images[0]
    grid = image.get_array()
    assert grid[0, 0] == 0.5
    assert grid[2, 2] == 1.0
    assert grid[3, 0] == 0.75
    assert np.ma.getmaskarray(np.ma.masked_invalid(grid)).sum() == 16 - 11
    assert image.get_clim() == (-1, 1)
    assert image.get_cmap() is PALE
    minus, plus = (image.to_rgba(np.array([value]))[0] for value in (-1.0, 1.0))
    assert [to_hex(minus), to_hex(plus)] == ["#e69f00", "#56b4e9"]
    assert "11 characters" in fig.alt
    assert "from \u22121 at “b”" in fig.alt
    assert 'to 1 at “"”' in fig.alt
    assert "27% are above 0, 18% below" in fig.alt


@pytest.mark.parametrize(("top", "limit"), [(0.5, 1), (1.0, 1), (3.0, 3)])
def test_the_full_colour_is_1_unless_a_value_goes_further(top, limit):
    image = plot.draw_text("ab", [0.0, top] * np.ones(2)).axes[0].images[0]
    assert image.get_clim() == (-limit, limit)


def test_attention_is_bright_where_the_weight_is_and_no_page_may_invert_it():
    fig = plot.draw_attention(IMAGE, ["red", "circle"], torch.tensor(MAPS))
    plain, red, circle = (axes.images[0].get_array() for axes in fig.axes[:3])
    picture = IMAGE.transpose(1, 2, 0)
    assert np.allclose(plain, picture)
    assert np.allclose(red[:3, 9:], picture[:3, 9:]), "the largest weight: as it is"
    rest = 0.25 + 0.75 / 17
    assert np.allclose(red[3:], rest * picture[3:])
    assert np.allclose(circle[6:9, 3:6], picture[6:9, 3:6])
    titles = [axes.get_title() for axes in fig.axes[:3]]
    assert titles == ["image", "red", "circle"]
    assert fig.axes[1].get_xlabel() == "max 0.53"
    assert "“red” 0.531 at the top right, “circle” 0.531 in the middle" in fig.alt
    ground = fig.patches[-1] if len(fig.patches) > 1 else fig.artists[0]
    assert to_hex(ground.get_facecolor()) == "#fafafa"


def test_learning_curves_hold_every_loss_and_their_mean():
    losses = torch.tensor([4.0, 2.0, 3.0, 1.0])
    fig = plot.draw_learning(
        [1, 2, 3, 4] * np.ones(4),
        losses,
        (np.array([2, 4]), np.array([2.5, 2.0])),
        {"bigrams": 2.486},
        smooth=2,
    )
    training, validation, bigrams = fig.axes[0].lines
    assert training.get_ydata().tolist() == [4.0, 3.0, 2.5, 2.0]
    assert validation.get_xydata().tolist() == [[2, 2.5], [4, 2.0]]
    assert set(bigrams.get_ydata()) == {2.486}
    band = fig.axes[0].collections[0].get_paths()[0].vertices
    assert set(band[:, 1]) == {1.0, 2.0, 3.0, 4.0}
    assert fig.axes[0].get_ylabel() == "loss (nats a token)"
    assert "validation goes from 2.5 to 2; bigrams is a level line at 2.49" in fig.alt


def test_a_long_run_is_drawn_with_few_points_between_its_extremes():
    losses = np.random.default_rng(0).random(50_000)
    fig = plot.draw_learning(np.arange(50_000), losses)
    assert len(fig.axes[0].lines[0].get_xdata()) < 400
    band = fig.axes[0].collections[0].get_paths()[0].vertices[:, 1]
    assert (band.min(), band.max()) == (losses.min(), losses.max())
    assert len(_svg(fig)) < 150_000


def test_samples_stand_beside_their_steps_wrapped_and_cut():
    fig = plot.draw_samples([(100, "aa bb\ncc"), (2000, "dd " * 20)], width=6, lines=2)
    texts = [text.get_text() for text in fig.axes[0].texts]
    assert texts == ["step 100", "aa bb↵", "cc", "step 2,000", "dd dd", "dd dd…"]
    assert "After 100: “aa bb" in fig.alt
    families = {text.get_family()[0] for text in fig.axes[0].texts[1:3]}
    assert families == {"monospace"}


def test_a_network_that_feeds_itself_leads_its_output_to_the_next_input():
    fig = plot.draw_unrolled("1-N")
    assert "x_2 and x_3 are dashed: an arrow leads to each from the output b" in fig.alt
    patches = [p for p in fig.axes[0].patches if isinstance(p, FancyArrowPatch)]
    paths = [p._path_original.vertices for p in patches if p._path_original is not None]
    for t, path in enumerate(paths, 1):
        assert path[0] == pytest.approx([1.15 * t + 0.29, 2.3]), "the output's edge"
        assert path[-1] == pytest.approx([1.15 * (t + 1) - 0.32, 0]), "the input's"
    assert len(paths) == 2
