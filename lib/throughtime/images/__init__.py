r"""Pictures to describe, to ask about and to read, made on the fly.

A world of coloured shapes with everything known: which captions are true, where each
thing lies, which word names it. And digits, from fonts. It leaves out moving scenes,
photographs and every way to learn from pictures.

Files, in reading order: ``world`` (things, scenes, words of place), ``scenes``
(drawing them by lot, splits), ``drawing`` (pictures, masks), ``captions`` (all true
ones), ``judge`` (is this one true?), ``questions`` (balanced, with choices),
``encoding`` (ids), ``dialogs`` (questions that need the turns before), ``talk`` (their
ids), ``baselines`` (what needs no picture), ``views`` (windows, the mirror),
``digits``, ``reading`` (rows, pixels, glimpses).
"""

from throughtime.images.baselines import (
    majority_rate,
    most_common_caption,
    question_only_rate,
    uniform_attention_mass,
)
from throughtime.images.captions import (
    Caption,
    alignments,
    caption_words,
    captions,
    references,
)
from throughtime.images.dialogs import (
    Dialog,
    Turn,
    dialog_scenes,
    dialog_words,
    dialogs,
)
from throughtime.images.digits import digits
from throughtime.images.drawing import object_cells, object_masks, render, render_all
from throughtime.images.encoding import (
    caption_vocabulary,
    encode_answers,
    encode_captions,
    encode_questions,
    question_vocabulary,
)
from throughtime.images.judge import is_true
from throughtime.images.questions import (
    Question,
    answer_words,
    question_words,
    questions,
)
from throughtime.images.reading import as_pixels, as_rows, glimpse, glimpses, raster
from throughtime.images.scenes import layout, near_duplicates, scenes
from throughtime.images.talk import DialogRows, dialog_vocabulary, encode_dialogs
from throughtime.images.views import (
    mirror,
    mirror_scene,
    mirror_words,
    window,
    window_scene,
)
from throughtime.images.world import (
    COLOURS,
    HELD_OUT,
    SHAPES,
    SIZES,
    Scene,
    Thing,
    region,
    relation,
)

__all__ = [
    "COLOURS",
    "HELD_OUT",
    "SHAPES",
    "SIZES",
    "Caption",
    "Dialog",
    "DialogRows",
    "Question",
    "Scene",
    "Thing",
    "Turn",
    "alignments",
    "answer_words",
    "as_pixels",
    "as_rows",
    "caption_vocabulary",
    "caption_words",
    "captions",
    "dialog_scenes",
    "dialog_vocabulary",
    "dialog_words",
    "dialogs",
    "digits",
    "encode_answers",
    "encode_captions",
    "encode_dialogs",
    "encode_questions",
    "glimpse",
    "glimpses",
    "is_true",
    "layout",
    "majority_rate",
    "mirror",
    "mirror_scene",
    "mirror_words",
    "most_common_caption",
    "near_duplicates",
    "object_cells",
    "object_masks",
    "question_only_rate",
    "question_vocabulary",
    "question_words",
    "questions",
    "raster",
    "references",
    "region",
    "relation",
    "render",
    "render_all",
    "scenes",
    "uniform_attention_mass",
    "window",
    "window_scene",
]
