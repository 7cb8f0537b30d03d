"""What a hostile or unlucky class hands in, and what must come of it.

``course`` is what they are asked; ``corpus`` says what an attack is; the other modules
hold the attacks, one theme each. The snippets run in examiner's sandbox alone.
"""

from hostile import (  # noqa: F401 - importing them fills the corpus
    amok,
    bombs,
    broken,
    feedback,
    files,
    forging,
    forging_tools,
    leaving,
    lies,
    mishaps,
    reaching,
    sandbox,
    structure,
    wire,
)
from hostile.corpus import ATTACKS, Attack

__all__ = ["ATTACKS", "Attack"]
