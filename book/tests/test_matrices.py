"""The small linear algebra of the widgets (shared/matrices.js), held to NumPy."""

import draws
import numpy as np
import pytest
import stage

pytestmark = pytest.mark.browser

CALL = "([name, args]) => ThroughTime.matrices[name](...args)"


@pytest.fixture(scope="module")
def page(browser):
    page = browser.new_page()
    for name in ("base", "shared/matrices"):
        page.add_script_tag(path=stage.FOLDER / f"{name}.js")
    yield page
    page.close()


@pytest.fixture(scope="module")
def call(page):
    def call(name, *args):
        args = [a.tolist() if isinstance(a, np.ndarray) else a for a in args]
        return np.array(page.evaluate(CALL, [name, args]))

    return call


def _sorted(values):
    return sorted(values, key=lambda v: (round(v.real, 7), round(v.imag, 7)))


def _close(got, A):
    """Are these the eigenvalues of A, but for rounding beside its largest entry?"""
    size = np.abs(A).max() or 1.0
    values = [
        _sorted(values / size) for values in (got @ [1, 1j], np.linalg.eigvals(A))
    ]
    return len(got) == len(A) and np.allclose(*values, rtol=0, atol=1e-9)


def _random(n, seed):
    return np.random.default_rng(seed).normal(size=(n, n))


def test_eigenvalues_of_random_matrices_equal_numpys(page):
    many = [_random(n, seed) for n in range(1, 17) for seed in range(20)]
    script = "all => all.map(A => ThroughTime.matrices.eigenvalues(A))"
    found = page.evaluate(script, [A.tolist() for A in many])
    for A, got in zip(many, found, strict=True):
        assert _close(np.array(got), A), A


ROTATION = np.array([[0.6, -0.8], [0.8, 0.6]])
SPECIAL = {
    "zero": np.zeros((4, 4)),
    "identity": np.eye(16),
    "one number": np.array([[-3.0]]),
    "rotation": ROTATION,
    "two rotations": np.kron(np.eye(2), ROTATION),
    "circle": np.roll(np.eye(7), 1, axis=0),
    "symmetric": _random(12, 1) + _random(12, 1).T,
    "orthogonal": np.linalg.qr(_random(16, 2))[0],
    "tiny": 1e-150 * _random(6, 3),
    "huge": 1e150 * _random(6, 3),
    "companion of (x - 1)(x - 2)(x - 3)": np.array(
        [[6.0, -11, 6], [1, 0, 0], [0, 1, 0]]
    ),
    "triangular": np.triu(_random(8, 4)),
    "rank one": np.outer(np.arange(1.0, 9), np.ones(8)),
}


@pytest.mark.parametrize("A", SPECIAL.values(), ids=SPECIAL.keys())
def test_eigenvalues_of_special_matrices_equal_numpys(call, A):
    assert _close(call("eigenvalues", A), A)


@pytest.mark.parametrize("n", [2, 5, 8])
def test_a_nilpotent_matrix_has_no_radius_whichever_way_it_is_written(call, n):
    block = np.eye(n, k=1)
    assert call("radius", 10 * block) == 0
    assert call("radius", 10 * block.T) == 0
    Q = np.linalg.qr(_random(n, 0))[0]
    # Rounding moves an n-fold eigenvalue by its n-th root: no routine does better.
    rounding = 20 * np.finfo(float).eps
    assert call("radius", Q @ block @ Q.T) < rounding ** (1 / n)


def test_the_spectral_norm_is_the_largest_singular_value(call):
    for A in [_random(n, n) for n in range(1, 17)] + list(SPECIAL.values()):
        want = np.linalg.norm(A, 2)
        assert np.isclose(call("spectralNorm", A), want, rtol=1e-12, atol=0), A


def test_a_seed_gives_the_same_numbers_in_the_page_and_in_python(page):
    script = """seed => {
        const { uniforms, normals, vector } = ThroughTime.matrices;
        return [vector(50, uniforms(seed)), vector(50, normals(seed))];
    }"""
    for seed in (0, 1, 7, 2**31, 2**32 - 1):
        flat, bell = page.evaluate(script, seed)
        source = draws.uniforms(seed)
        assert flat == [next(source) for _ in range(50)]
        assert np.allclose(bell, draws.normals(seed)(50), rtol=1e-13, atol=1e-15)


def test_the_draws_are_normal_and_their_seeds_are_strangers():
    numbers = np.array([draws.normals(seed)(60).numpy() for seed in range(2000)])
    assert abs(numbers.mean()) < 4 / np.sqrt(numbers.size)
    assert abs(numbers.var() - 1) < 4 * np.sqrt(2 / numbers.size)
    assert abs((numbers**4).mean() - 3) < 4 * np.sqrt(96 / numbers.size)
    for apart in (numbers[1:] * numbers[:-1], numbers[:, 1:] * numbers[:, :-1]):
        assert abs(apart.mean()) < 4 / np.sqrt(apart.size)


def test_orthogonal_matrices_are_those_of_the_python_twin(page):
    script = """seed => {
        const m = ThroughTime.matrices;
        return m.orthogonal(8, m.normals(seed));
    }"""
    for seed in range(5):
        Q = np.array(page.evaluate(script, seed))
        assert np.allclose(Q.T @ Q, np.eye(8), atol=1e-14)
        assert np.allclose(Q, draws.orthogonal(8, draws.normals(seed)), atol=1e-12)


def test_the_rest_is_what_its_name_says(call):
    A, B, v = _random(4, 0), _random(4, 1), _random(4, 2)[0]
    assert np.allclose(call("product", A, B), A @ B)
    assert np.allclose(call("times", A, v), A @ v)
    assert np.allclose(call("transpose", A), A.T)
    assert np.allclose(call("add", A, B), A + B)
    assert np.allclose(call("scale", A, -2), -2 * A)
    assert np.allclose(call("norm", v), np.linalg.norm(v))
    assert call("identity", 3).tolist() == np.eye(3).tolist()


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("[1.5 * size, size * size]", "[trace, det]"),
        ("b[0] * H[low + 2][low + 1]", "0"),
        ("(2 * part * v[j]) / square", "(part * v[j]) / square"),
        ("square < 0", "false"),
    ],
)
def test_a_planted_fault_is_found(browser, right, wrong):
    text = (stage.FOLDER / "shared" / "matrices.js").read_text()
    assert right in text
    page = browser.new_page()
    page.add_script_tag(path=stage.FOLDER / "base.js")
    page.add_script_tag(content=text.replace(right, wrong))
    script = """all => all.map(A => {
        try { return ThroughTime.matrices.eigenvalues(A); }
        catch { return [[NaN, NaN]]; }
    })"""
    many = [_random(6, seed) for seed in range(5)] + list(SPECIAL.values())
    found = page.evaluate(script, [A.tolist() for A in many])
    page.close()
    pairs = zip(found, many, strict=True)
    assert not all(_close(np.array(got, dtype=float), A) for got, A in pairs)
