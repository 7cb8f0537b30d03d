r"""Every figure of the book, in one style, each with its description in words.

- ``style``: colours, fonts, and ``Picture``, a figure with ``alt`` and ``photo``.
- ``network``: the graph of a recurrent network, folded and unrolled.
- ``block``: an LSTM's block with its gates, and a network of blocks.
- ``backward``: the gradient's way back, and which loss reaches which copy.
- ``deep``: stacks of layers in depth and time, and what a state in them can see.
- ``kinds``: the graphs of the kinds of sequence tasks.
- ``lines``: lines, gradient norms, gates through time.
- ``states``: a heat map of states, a text coloured by a cell.
- ``eigenvalues``: those of a matrix, and the unit circle.
- ``gradients``: gradients of many networks, and through the layers of one.
- ``sensitivity``: which nodes of a network hear of one early input.
- ``surface``: an error surface with a cliff, and descents on it.
- ``attention``: an image, and where a model looked for each word.
- ``predictions``: what a model expects after each symbol, and what came.
- ``pictures``: frames and drawings side by side, raw inputs, a grid of numbers.
- ``scores``: scores beside what chance reaches.
- ``learning``: learning curves, and samples as training goes on.
- ``gated``: the LSTM and the GRU as circuits.
- ``intervals``: runs of several cells, with the interval of their mean.
- ``decoding``: an encoder and a decoder, what a symbol depends on, a search.
- ``lengths``: what several runs reach at each of some lengths.
- ``words``: codes for things, words in a plane, a sentence as it is read.
- ``bars``: lying bars in panels.
- ``gallery``: pictures, each with a text beneath it.
- ``walks``: a plane of landmarks from above, and ways through it.

Every function takes plain arrays or tensors, from any device, and returns a
``Picture``. It computes nothing that a figure does not need, and saves no file.
"""

from throughtime.graph import PALETTE
from throughtime.plot.attention import draw_attention
from throughtime.plot.backward import draw_backward, draw_reach
from throughtime.plot.bars import draw_bars
from throughtime.plot.block import draw_block, draw_blocks
from throughtime.plot.decoding import draw_factors, draw_search, draw_seq2seq
from throughtime.plot.deep import draw_deep
from throughtime.plot.eigenvalues import draw_eigenvalues
from throughtime.plot.gallery import draw_gallery
from throughtime.plot.gated import draw_cells
from throughtime.plot.gradients import draw_flow, draw_points
from throughtime.plot.intervals import draw_intervals
from throughtime.plot.kinds import TASK_KINDS, draw_kinds
from throughtime.plot.learning import draw_learning, draw_samples
from throughtime.plot.lengths import draw_by_length
from throughtime.plot.lines import draw_gates, draw_gradient_norms, draw_lines
from throughtime.plot.network import KINDS, draw_folded, draw_unrolled
from throughtime.plot.pictures import draw_grid, draw_inputs, draw_pictures
from throughtime.plot.predictions import draw_predictions
from throughtime.plot.scores import draw_scores
from throughtime.plot.sensitivity import draw_sensitivity
from throughtime.plot.states import draw_states, draw_text
from throughtime.plot.style import DASHES, MINUS_TO_PLUS, STYLE, Picture, figure
from throughtime.plot.surface import draw_surface
from throughtime.plot.walks import draw_walk
from throughtime.plot.words import draw_codes, draw_reading, draw_words

__all__ = [
    "DASHES",
    "KINDS",
    "MINUS_TO_PLUS",
    "PALETTE",
    "STYLE",
    "TASK_KINDS",
    "Picture",
    "draw_attention",
    "draw_backward",
    "draw_bars",
    "draw_block",
    "draw_blocks",
    "draw_by_length",
    "draw_cells",
    "draw_codes",
    "draw_deep",
    "draw_eigenvalues",
    "draw_factors",
    "draw_flow",
    "draw_folded",
    "draw_gallery",
    "draw_gates",
    "draw_gradient_norms",
    "draw_grid",
    "draw_inputs",
    "draw_intervals",
    "draw_kinds",
    "draw_learning",
    "draw_lines",
    "draw_pictures",
    "draw_points",
    "draw_predictions",
    "draw_reach",
    "draw_reading",
    "draw_samples",
    "draw_scores",
    "draw_search",
    "draw_sensitivity",
    "draw_seq2seq",
    "draw_states",
    "draw_surface",
    "draw_text",
    "draw_unrolled",
    "draw_walk",
    "draw_words",
    "figure",
]
