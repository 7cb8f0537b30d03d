"""What each set is: source, licence, size, known results, address, hash."""

from dataclasses import dataclass, fields

from throughtime.errors import DownloadError


@dataclass(frozen=True)
class Card:
    """Describe one file that can be fetched; printed, it is a table."""

    name: str
    source: str
    licence: str
    size: str
    baselines: str
    url: str
    file: str
    """Its name in the cache."""
    hash: str | None
    """As "sha256:..." or "md5:..."; None where none is known: then the loader checks
    the content."""
    max_bytes: int
    """More is refused while it comes."""
    stand_in: str
    """What to use offline."""

    def __str__(self) -> str:
        rows = [(field.name, getattr(self, field.name)) for field in fields(self)]
        return "\n".join(f"{name:<10} {value}" for name, value in rows)


def card(name: str) -> Card:
    r"""Return the card of a set; ``print`` shows it as a table.

    Raises:
        DownloadError: No set of this name.
    """
    if name not in _CARDS:
        raise DownloadError(
            f"{name!r} is no set; wanted one of {', '.join(_CARDS)}. Try "
            "card('tiny_shakespeare')."
        )
    return _CARDS[name]


def names_of_sets() -> tuple[str, ...]:
    """Return the names of all sets."""
    return tuple(_CARDS)


_GITHUB = "https://raw.githubusercontent.com"
_KERAS = "https://storage.googleapis.com/tensorflow/tf-keras-datasets"
_KARPATHY = "https://cs.stanford.edu/people/karpathy"
_LANGUAGES = {
    "Arabic": "6f424a8dbe51cbbbabab7a57d38b617210125e4e3991f3c657cb79b8f104bafc",
    "Chinese": "09ba8f1f7e38dbc99372d461b26ad4433b811fc6bfa6a3ecca6fe11a9a777465",
    "Czech": "e17ab0ec47616a72c39cb85c783f70c3663ab64488721e5d8378f146d2226be7",
    "Dutch": "924f32b635170eae561f84538632138fc07d4c8bbd70ba3fb980de1ecc4d2af3",
    "English": "9cca037066d3d5989e24bc01801416162de506b5e28e15b7c092a47905d29bf2",
    "French": "81e65b36c60ed5b89a17422f6edcadbb89546f38ad69e960e64e7ba682012a95",
    "German": "7449cd590b97a733e18d613a4155decd77ec35dc5f8aadd7a82204dce4f051db",
    "Greek": "3555b5186de7f401e6d991b088e9e644ca3099116477818c25ab5793801389e6",
    "Irish": "cf8c7013256252a88d2503127b87282a11f21b2ff6db1bded68834c19a1ec058",
    "Italian": "f88414c27d0606a11a678b4859277828c2565d6cc4d9ee932deef6e94f3b35e4",
    "Japanese": "e0e717e114fec3e7eade4d9dabe0067c475f43147e36a22b47902ee76ad9e67f",
    "Korean": "cd54221ccb362a6cba4c78828838cf3268a0e59744767a37cf6ec4b74036b136",
    "Polish": "45bab898af2f60ed3a728bbf6980e28821011a7caa53227553b5785903a40826",
    "Portuguese": "50a8735f41f4f73757c8ce5b16cb0275cd86b2b214bcbc8c9805f508cb131c53",
    "Russian": "0cfe53ac18041e8f63666aa77313e0a3ff378facb132abee052d8ebdc8c3d62c",
    "Scottish": "78d0252711d87d948ea86fe34826c51d2d794a8e52d15b5d6f7b6244d45d62dd",
    "Spanish": "1bcb462ed3316756a85781d68232bddae04498fdddd5d9219c53fd1fbdeba7a7",
    "Vietnamese": "f3f9e4164ab47601178a6e45b216464a64122f49d05541f24bf18a757253281d",
}

_ALL = [
    Card(
        "tiny_shakespeare",
        "karpathy/char-rnn, data/tinyshakespeare",
        "text in the public domain; repository MIT",
        "1,115,394 characters, 65 symbols",
        "best n-gram (Witten-Bell, n = 5): 1.669 nats a character on the last tenth",
        f"{_GITHUB}/karpathy/char-rnn/master/data/tinyshakespeare/input.txt",
        "tinyshakespeare.txt",
        "sha256:86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
        2_000_000,
        "text.stdlib_source",
    ),
    Card(
        "nietzsche",
        "the text of Keras' lstm_text_generation example",
        "public domain",
        "600,893 characters, 57 symbols in lower case",
        "best n-gram, lower case (n = 5): 1.434 nats a character on the last tenth",
        "https://s3.amazonaws.com/text-datasets/nietzsche.txt",
        "nietzsche.txt",
        None,
        2_000_000,
        "text.pydoc_topics",
    ),
    Card(
        "war_and_peace",
        "Karpathy's char-rnn page",
        "public domain",
        "3,196,214 characters, 82 symbols, with one character a line end",
        "best n-gram (n = 6): 1.344 nats a character on the last tenth",
        f"{_KARPATHY}/char-rnn/warpeace_input.txt",
        "warpeace.txt",
        None,
        5_000_000,
        "text.stdlib_source",
    ),
    Card(
        "imdb",
        "Maas et al. (2011), as numbered by Keras",
        "not stated: use it, do not pass it on",
        "25,000 reviews to train on, 25,000 of other films to test",
        "accuracy 0.82 (Keras' LSTM), about 0.89 (logistic regression)",
        f"{_KERAS}/imdb.npz",
        "imdb.npz",
        "sha256:69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f",
        30_000_000,
        "tasks.sentiment",
    ),
    Card(
        "imdb_words",
        "the words of Keras' numbers for IMDB",
        "not stated: use it, do not pass it on",
        "88,584 words",
        "none",
        f"{_KERAS}/imdb_word_index.json",
        "imdb_word_index.json",
        "md5:bfafd718b763782e994055a2d397834f",
        5_000_000,
        "tasks.sentiment",
    ),
    Card(
        "makemore_names",
        "karpathy/makemore, names.txt, from ssa.gov",
        "MIT",
        "32,033 lines, 29,494 different names",
        "about 1.92 nats a character (its transformer; repeats in both splits)",
        f"{_GITHUB}/karpathy/makemore/master/names.txt",
        "makemore_names.txt",
        "sha256:0a30b5557f192f32ab962680889aac5f6fda0f4cecf40a6d0b5694f58ea8cc4d",
        1_000_000,
        "tasks.xml",
    ),
    Card(
        "tatoeba_french",
        "English and French sentences of Tatoeba, as D2L stores them",
        "CC BY 2.0 FR",
        "pairs of short sentences, shortest first",
        "none",
        "https://d2l-data.s3-accelerate.amazonaws.com/fra-eng.zip",
        "fra-eng.zip",
        "sha1:94646ad1522d915e7b0f9296181140edcf86a4f5",
        20_000_000,
        "tasks.translation",
    ),
    Card(
        "karpathy",
        "Karpathy's splits of Flickr8k, Flickr30k and COCO, three JSON files in a zip",
        "COCO's captions CC BY 4.0; Flickr8k's stated inconsistently: do not pass on",
        "8,000, 31,000 and 123,000 images, five captions or more each",
        "Flickr8k, BLEU-1 to -4: 67.0, 44.8, 29.9, 19.5 (Xu et al., soft attention)",
        f"{_KARPATHY}/deepimagesent/caption_datasets.zip",
        "caption_datasets.zip",
        None,
        200_000_000,
        "images.scenes",
    ),
    Card(
        "flickr8k_text",
        "Hodosh et al. (2013), the token files as republished by J. Brownlee",
        "stated inconsistently: do not pass it on",
        "8,092 images with five captions; 6,000, 1,000 and 1,000 in the splits",
        "as for karpathy",
        "https://github.com/jbrownlee/Datasets/releases/download/Flickr8k/"
        "Flickr8k_text.zip",
        "Flickr8k_text.zip",
        "md5:bf6c1abcb8e4a833b7f922104de18627",
        5_000_000,
        "images.scenes",
    ),
    Card(
        "cs231n",
        "Stanford CS231n's coco_captioning, COCO 2014 with VGG features",
        "captions CC BY 4.0",
        "400,135 and 195,954 captions of 82,783 and 40,504 images; about 1 GB",
        "none",
        "https://cs231n.stanford.edu/coco_captioning.zip",
        "coco_captioning.zip",
        None,
        1_500_000_000,
        "images.scenes",
    ),
    *(
        Card(
            f"names_{language}",
            f"spro/practical-pytorch, data/names/{language}.txt",
            "MIT",
            "20,050 lines in 18 languages, 2,038 of them repeats",
            "always the commonest language, Russian: accuracy 0.468",
            f"{_GITHUB}/spro/practical-pytorch/master/data/names/{language}.txt",
            f"names_{language}.txt",
            f"sha256:{digest}",
            200_000,
            "tasks.temporal_order",
        )
        for language, digest in _LANGUAGES.items()
    ),
]
_CARDS = {each.name: each for each in _ALL}
