"""Every set has a card that says where it comes from and what to use offline."""

import dataclasses

import pytest

from throughtime import tasks, text
from throughtime.download import card, names_of_sets
from throughtime.errors import DownloadError


@pytest.mark.parametrize("name", names_of_sets())
def test_every_card_is_whole_and_its_stand_in_exists(name):
    about = card(name)
    assert all(value for value in dataclasses.astuple(about)[:7])
    assert about.url.startswith("https://")
    kind, _, digest = (about.hash or "md5:" + "0" * 32).partition(":")
    assert len(digest) == {"sha256": 64, "sha1": 40, "md5": 32}[kind]
    module, stand_in = about.stand_in.split(".")
    if module != "images":
        assert hasattr({"text": text, "tasks": tasks}[module], stand_in)
    assert about.licence in str(about)
    assert f"url        {about.url}" in str(about)


def test_files_of_two_cards_never_meet_in_the_cache():
    files = [card(name).file for name in names_of_sets()]
    assert len(set(files)) == len(files)


def test_an_unknown_set_is_refused_with_the_known_ones():
    with pytest.raises(DownloadError, match="'mnist' is no set; wanted one of tiny_sh"):
        card("mnist")
