"""The eigenvalues of a recurrent matrix, in the complex plane."""

import numpy as np
from matplotlib.axes import Axes

from throughtime.errors import KindError
from throughtime.graph import INK, MUTED, PALETTE
from throughtime.plot.style import Picture, figure, said
from throughtime.shapes import Array, check_shape, to_numpy


def draw_eigenvalues(eigenvalues: Array, boundary: Array | None = None) -> Picture:
    r"""Draw eigenvalues in the complex plane, with the unit circle.

    Those outside of the circle are squares of another colour.

    Args:
        eigenvalues: Shape ``(H,)``, as ``torch.linalg.eigvals(W_hh)`` returns them.
        boundary: Of the numerical range, points in order, shape ``(N,)``, complex.

    Raises:
        ShapeError: More than one axis.
        KindError: The boundary is not complex.

    Source:
        book/05_gradients.
    """
    (H,) = check_shape("eigenvalues", eigenvalues, "H")
    points = to_numpy(eigenvalues).astype(complex)
    fig, axes = figure(4.2, 4.0)
    turn = np.exp(2j * np.pi * np.linspace(0, 1, 201))
    axes.plot(turn.real, turn.imag, color=MUTED, lw=1, label="unit circle")
    if boundary is not None:
        edge = _closed(boundary)
        axes.plot(edge.real, edge.imag, "--", color=INK, lw=1, label="numerical range")
    outside = np.abs(points) > 1
    for chosen, mark, colour, name in (
        (~outside, "o", PALETTE[0], "inside"),
        (outside, "s", PALETTE[1], "outside"),
    ):
        if chosen.any():
            part = points[chosen]
            look = {"color": colour, "alpha": 0.85, "label": name}
            axes.plot(part.real, part.imag, mark, **look)
    _plane(axes)
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)
    farthest = points[np.abs(points).argmax()]
    fig.alt = (
        f"{H} eigenvalues in the complex plane around the unit circle; "
        f"{int(outside.sum())} lie outside. The farthest from 0 is "
        f"{said(farthest.real)} {'+' if farthest.imag >= 0 else chr(0x2212)} "
        f"{said(abs(farthest.imag))}i, of modulus {said(np.abs(farthest))}."
    )
    if boundary is not None:
        reach = said(np.abs(to_numpy(boundary)).max())
        fig.alt += f" A dashed line bounds the numerical range, which reaches {reach}."
    return fig


def _closed(boundary: Array) -> np.ndarray:
    check_shape("boundary", boundary, "N")
    edge = to_numpy(boundary)
    if not np.iscomplexobj(edge):
        raise KindError(
            f"boundary holds {edge.dtype}; wanted complex points. Try x + 1j * y."
        )
    return np.append(edge, edge[0])


def _plane(axes: Axes) -> None:
    axes.axhline(0, color=MUTED, lw=0.6)
    axes.axvline(0, color=MUTED, lw=0.6)
    axes.set_aspect("equal")
    axes.set_xlabel("real part")
    axes.set_ylabel("imaginary part")
    axes.locator_params(nbins=5)
