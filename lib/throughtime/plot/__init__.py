r"""Every figure of the book, in one style, each with its description in words.

- ``style``: colours, fonts, and ``Picture``, a figure with ``alt`` and ``photo``.
- ``network``: the graph of a recurrent network, folded and unrolled.
- ``lines``: lines, gradient norms, gates through time.
- ``states``: a heat map of states, a text coloured by a cell.
- ``eigenvalues``: those of a matrix, and the unit circle.
- ``surface``: an error surface with a cliff, and descents on it.
- ``attention``: an image, and where a model looked for each word.
- ``learning``: learning curves, and samples as training goes on.

Every function takes plain arrays or tensors, from any device, and returns a
``Picture``. It computes nothing that a figure does not need, and saves no file.
"""

from throughtime.graph import PALETTE
from throughtime.plot.attention import draw_attention
from throughtime.plot.eigenvalues import draw_eigenvalues
from throughtime.plot.learning import draw_learning, draw_samples
from throughtime.plot.lines import draw_gates, draw_gradient_norms, draw_lines
from throughtime.plot.network import KINDS, draw_folded, draw_unrolled
from throughtime.plot.states import draw_states, draw_text
from throughtime.plot.style import DASHES, MINUS_TO_PLUS, STYLE, Picture, figure
from throughtime.plot.surface import draw_surface

__all__ = [
    "DASHES",
    "KINDS",
    "MINUS_TO_PLUS",
    "PALETTE",
    "STYLE",
    "Picture",
    "draw_attention",
    "draw_eigenvalues",
    "draw_folded",
    "draw_gates",
    "draw_gradient_norms",
    "draw_learning",
    "draw_lines",
    "draw_samples",
    "draw_states",
    "draw_surface",
    "draw_text",
    "draw_unrolled",
    "figure",
]
