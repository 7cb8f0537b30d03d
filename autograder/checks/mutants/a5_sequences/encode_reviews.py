"""Answers to question 5."""

import numpy as np
import torch

from examiner.answers import right, wrong


def code_of(word, ranks, num_words):
    """Return the code of a word."""
    code = ranks[word] + 3 if word in ranks else 2
    return code if code < num_words else 2


def columns(reviews, ranks, num_words, code=code_of):
    """Return the codes of each review, with the mark in front."""
    return [[1] + [code(w, ranks, num_words) for w in words] for words in reviews]


def batch(rows, T=None, front=False):
    """Put columns of codes side by side."""
    T = T or max(len(row) for row in rows)
    ids = np.zeros((T, len(rows)), dtype=int)
    mask = np.zeros((T, len(rows)), dtype=bool)
    for b, row in enumerate(rows):
        place = slice(T - len(row), T) if front else slice(len(row))
        ids[place, b], mask[place, b] = row, True
    return ids, mask


@wrong("encode_reviews", "copied_from_chapter")
def encode_reviews_copied(reviews, ranks, num_words, maxlen):
    """These are the codes of this course, 3 for an unknown word, as in the chapter.

    Here they are Keras' codes: 2, and `num_words` bounds the code and not the rank.
    """

    def code(word, ranks, num_words):
        rank = ranks.get(word, num_words + 1)
        return rank + 3 if rank <= num_words else 3

    return batch([row[-maxlen:] for row in columns(reviews, ranks, num_words, code)])


@wrong("encode_reviews")
def rank_is_the_code(reviews, ranks, num_words, maxlen):
    """The rank is taken for the code; the codes 0 to 3 are taken, so add 3."""

    def code(word, ranks, num_words):
        rank = ranks.get(word, num_words)
        return rank if rank < num_words else 2

    return batch([row[-maxlen:] for row in columns(reviews, ranks, num_words, code)])


@wrong("encode_reviews")
def ranks_filtered(reviews, ranks, num_words, maxlen):
    """The rank is compared with num_words; it is the code, rank + 3, that counts."""

    def code(word, ranks, num_words):
        rank = ranks.get(word, num_words)
        return rank + 3 if rank < num_words else 2

    return batch([row[-maxlen:] for row in columns(reviews, ranks, num_words, code)])


@wrong("encode_reviews")
def one_code_too_many(reviews, ranks, num_words, maxlen):
    """The code num_words itself is used; only codes below it are."""
    rows = columns(reviews, ranks, num_words + 1)
    return batch([row[-maxlen:] for row in rows])


@wrong("encode_reviews")
def not_filtered(reviews, ranks, num_words, maxlen):
    """Rare words keep their codes: from num_words on a code becomes 2."""
    return batch([row[-maxlen:] for row in columns(reviews, ranks, np.inf)])


@wrong("encode_reviews")
def unknown_is_zero(reviews, ranks, num_words, maxlen):
    """Unknown and rare words are coded 0, as padding; their code is 2."""
    rows = columns(reviews, ranks, num_words)
    return batch([[0 if code == 2 else code for code in row[-maxlen:]] for row in rows])


@wrong("encode_reviews")
def unknown_left_out(reviews, ranks, num_words, maxlen):
    """Unknown and rare words are left out; each becomes a 2."""
    rows = columns(reviews, ranks, num_words)
    return batch([[code for code in row if code != 2][-maxlen:] for row in rows])


@wrong("encode_reviews")
def mark_missing(reviews, ranks, num_words, maxlen):
    """The 1 in front is missing, with which each review begins."""
    rows = columns(reviews, ranks, num_words)
    return batch([row[1:][-maxlen:] for row in rows])


@wrong("encode_reviews")
def mark_saved(reviews, ranks, num_words, maxlen):
    """The 1 stays in front of a review that was cut.

    The last maxlen codes stay, so it is the first that goes.
    """
    rows = columns(reviews, ranks, num_words)
    return batch(
        [row if len(row) <= maxlen else [1, *row[1 - maxlen :]] for row in rows]
    )


@wrong("encode_reviews")
def words_cut_first(reviews, ranks, num_words, maxlen):
    """You keep maxlen words and then put the 1 in front: that is one code too many."""
    rows = columns(reviews, ranks, num_words)
    return batch([[1, *row[1:][-maxlen:]] for row in rows])


@wrong("encode_reviews")
def beginning_kept(reviews, ranks, num_words, maxlen):
    """Of a long review the beginning stays; the last maxlen codes are wanted."""
    return batch([row[:maxlen] for row in columns(reviews, ranks, num_words)])


@wrong("encode_reviews")
def long_reviews_removed(reviews, ranks, num_words, maxlen):
    """Long reviews are removed, as by the load_data of Keras.

    Each review stays, cut to its last maxlen codes.
    """
    rows = [row for row in columns(reviews, ranks, num_words) if len(row) <= maxlen]
    return batch(rows)


@wrong("encode_reviews")
def padded_in_front(reviews, ranks, num_words, maxlen):
    """The zeros stand in front, as in Keras; they are wanted at the end."""
    rows = [row[-maxlen:] for row in columns(reviews, ranks, num_words)]
    return batch(rows, front=True)


@wrong("encode_reviews")
def padded_to_maxlen(reviews, ranks, num_words, maxlen):
    """Every batch is filled up to maxlen; T is the length of the longest column."""
    rows = [row[-maxlen:] for row in columns(reviews, ranks, num_words)]
    return batch(rows, T=maxlen)


@wrong("encode_reviews")
def batch_first(reviews, ranks, num_words, maxlen):
    """Each review is a row; time comes first, so it is a column: transpose both."""
    rows = [row[-maxlen:] for row in columns(reviews, ranks, num_words)]
    ids, mask = batch(rows)
    return ids.T, mask.T


@wrong("encode_reviews")
def mask_turned_round(reviews, ranks, num_words, maxlen):
    """The mask is True at the padding; it is True for a real code."""
    rows = [row[-maxlen:] for row in columns(reviews, ranks, num_words)]
    ids, mask = batch(rows)
    return ids, ~mask


@wrong("encode_reviews")
def mask_without_marks(reviews, ranks, num_words, maxlen):
    """The mask leaves out the codes 1 and 2; only padding is False."""
    rows = [row[-maxlen:] for row in columns(reviews, ranks, num_words)]
    ids, _ = batch(rows)
    return ids, ids > 3


@wrong("encode_reviews")
def mask_without_the_first(reviews, ranks, num_words, maxlen):
    """The mask leaves out the 1 in front; it is a code, and only padding is False."""
    rows = [row[-maxlen:] for row in columns(reviews, ranks, num_words)]
    ids, _ = batch(rows)
    return ids, ids > 1


@wrong("encode_reviews")
def word_without_a_rank(reviews, ranks, num_words, maxlen):
    """A word that is not in ranks stops the function; it becomes a 2, too.

    ranks.get(word, num_words) is a number that is too high for a code.
    """
    for review in reviews:
        for word in review:
            ranks[word]
    return encode_reviews_loop(reviews, ranks, num_words, maxlen)


@wrong("encode_reviews")
def reviews_changed(reviews, ranks, num_words, maxlen):
    """The result is right, but codes were written into the reviews: make new lists."""
    result = encode_reviews_loop(reviews, ranks, num_words, maxlen)
    for review in reviews:
        review[:] = [code_of(word, ranks, num_words) for word in review]
    return result


@right("encode_reviews", "loop")
def encode_reviews_loop(reviews, ranks, num_words, maxlen):
    """Fill arrays column by column."""
    return batch([row[-maxlen:] for row in columns(reviews, ranks, num_words)])


@right("encode_reviews", "table")
def encode_reviews_table(reviews, ranks, num_words, maxlen):
    """Make the table of codes once, cut the words first, and pad lists."""
    table = {word: r + 3 for word, r in ranks.items() if r + 3 < num_words}
    rows = []
    for words in reviews:
        codes = [table.get(word, 2) for word in words[-maxlen:]]
        rows.append(codes if len(words) >= maxlen else [1, *codes])
    T = max(map(len, rows))
    padded = [row + [0] * (T - len(row)) for row in rows]
    ids = [list(step) for step in zip(*padded, strict=True)]
    return ids, [[code > 0 for code in step] for step in ids]


@right("encode_reviews", "torch")
def encode_reviews_torch(reviews, ranks, num_words, maxlen):
    """Pad with torch."""
    rows = columns(reviews, ranks, num_words)
    tensors = [torch.tensor(row)[-maxlen:] for row in rows]
    ids = torch.nn.utils.rnn.pad_sequence(tensors)
    return ids, ids.bool()
