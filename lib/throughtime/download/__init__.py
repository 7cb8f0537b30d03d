r"""Real corpora by name; nothing graded and nothing in the book's build needs them.

- ``cards``: what each set is: source, licence, size, known results, address, hash.
- ``cache``: gets one file into the cache, whole and checked, or says what failed.
- ``corpora``: tiny Shakespeare, Nietzsche, War and Peace; names.
- ``reviews``: IMDB as Keras stores it.
- ``bitext``: sentences in English and French from Tatoeba.
- ``captions``: Flickr8k and COCO in Karpathy's JSON; Flickr8k's own token files.
- ``coco``: COCO with features, as CS231n stores it.

Files lie in the folder ``THROUGHTIME_CACHE``, or in the system's cache folder. Where
``THROUGHTIME_OFFLINE`` is set, every loader refuses, and names its stand-in.
Images are not read here, only named.
"""

from throughtime.download.bitext import Rendering, tatoeba
from throughtime.download.cache import cache_folder, fetch
from throughtime.download.captions import Captioned, flickr8k_tokens, karpathy
from throughtime.download.cards import Card, card, names_of_sets
from throughtime.download.coco import Cs231n, cs231n
from throughtime.download.corpora import (
    makemore_names,
    names,
    nietzsche,
    tiny_shakespeare,
    war_and_peace,
)
from throughtime.download.reviews import Reviews, imdb, imdb_words

__all__ = [
    "Captioned",
    "Card",
    "Cs231n",
    "Rendering",
    "Reviews",
    "cache_folder",
    "card",
    "cs231n",
    "fetch",
    "flickr8k_tokens",
    "imdb",
    "imdb_words",
    "karpathy",
    "makemore_names",
    "names",
    "names_of_sets",
    "nietzsche",
    "tatoeba",
    "tiny_shakespeare",
    "war_and_peace",
]
