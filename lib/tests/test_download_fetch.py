"""One file from a server of our own in a thread; no test leaves this machine."""

import dataclasses
import hashlib
import http.server
import pickle
import socket
import threading
import zipfile

import numpy as np
import pooch
import pytest

from throughtime.download import cache_folder, card, fetch, imdb
from throughtime.download import cards as cards_module
from throughtime.errors import DownloadError

CONTENT = b"made up, 23 bytes long\n"


class Handler(http.server.BaseHTTPRequestHandler):
    """Serve what the test put into ``server.files``: content, length, extra headers."""

    def do_GET(self):
        self.server.asked.append(self.path)
        if self.path not in self.server.files:
            self.send_error(404)
            return
        content, length, status, headers = self.server.files[self.path]
        self.send_response(status)
        if length is not None:
            self.send_header("Content-Length", str(length))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        pass


@pytest.fixture
def server(tmp_path, monkeypatch):
    monkeypatch.setenv("THROUGHTIME_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("THROUGHTIME_OFFLINE", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr("throughtime.download.cache._SCHEMES", ("https", "http"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as served:
        served.files, served.asked = {}, []
        thread = threading.Thread(target=served.serve_forever, args=(0.01,))
        thread.start()
        yield served
        served.shutdown()
        thread.join()


def put(server, content=CONTENT, length=-1, status=200, **headers):
    length = len(content) if length == -1 else length
    server.files["/file"] = (content, length, status, headers)


def made_up(server, content=CONTENT, **changes):
    changes = {
        "url": f"http://127.0.0.1:{server.server_port}/file",
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "max_bytes": 1000,
    } | changes
    return dataclasses.replace(card("tiny_shakespeare"), **changes)


def left():
    return sorted(path.name for path in cache_folder().glob("*"))


def test_a_file_comes_once_and_then_from_the_cache(server, capfd):
    put(server)
    for _ in range(2):
        path = fetch(made_up(server))
        assert path.read_bytes() == CONTENT
        assert path.parent == cache_folder()
    assert server.asked == ["/file"]
    assert left() == ["tinyshakespeare.txt"]
    assert tuple(capfd.readouterr()) == ("", "")


def test_a_file_of_unknown_length_comes_whole(server):
    put(server, length=None)
    assert fetch(made_up(server)).read_bytes() == CONTENT


def test_a_bar_shows_on_a_terminal_only(server, capsys, monkeypatch):
    put(server)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    fetch(made_up(server))
    assert "23.0/23.0" in capsys.readouterr().err


def test_a_file_changed_in_the_cache_comes_anew(server):
    put(server)
    fetch(made_up(server)).write_bytes(b"spoilt")
    assert fetch(made_up(server)).read_bytes() == CONTENT
    assert len(server.asked) == 2


def test_a_truncated_download_says_how_many_bytes_came_and_leaves_nothing(server):
    put(server, CONTENT[:9], length=23)
    with pytest.raises(
        DownloadError, match=r"broke off after 9 bytes; wanted 23 .*Try"
    ):
        fetch(made_up(server))
    assert left() == []


def test_another_hash_is_refused_and_leaves_nothing(server):
    put(server, b"something else of mine\n")
    wanted = hashlib.sha256(CONTENT).hexdigest()
    with pytest.raises(
        DownloadError, match=f"another hash than wanted, sha256:{wanted}"
    ):
        fetch(made_up(server))
    assert left() == []


@pytest.mark.parametrize("length", [-1, None])
def test_a_file_over_the_limit_is_refused_told_or_not_told(server, length):
    put(server, b"x" * 200_000, length)
    with pytest.raises(
        DownloadError, match=r"bytes or more; wanted at most 1000\. Try"
    ):
        fetch(made_up(server))
    assert left() == []


def test_a_file_that_is_not_there_is_told_with_the_stand_in(server):
    with pytest.raises(DownloadError, match=r"HTTPError.*Try text\.stdlib_source"):
        fetch(made_up(server))


def test_without_a_network_the_stand_in_is_named(server):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/file"
        with pytest.raises(
            DownloadError, match=r"ConnectionError.*wanted a network.*Try text\.stdlib"
        ):
            fetch(made_up(server, url=url))
    assert left() == []


def test_offline_by_wish_neither_network_nor_cache_is_used(server, monkeypatch):
    put(server)
    fetch(made_up(server))
    monkeypatch.setenv("THROUGHTIME_OFFLINE", "1")
    with pytest.raises(DownloadError, match=r"OFFLINE is set.*text\.stdlib_source"):
        fetch(made_up(server))
    assert server.asked == ["/file"]


def test_only_https_is_fetched(server, monkeypatch):
    monkeypatch.setattr("throughtime.download.cache._SCHEMES", ("https",))
    put(server)
    with pytest.raises(DownloadError, match=r"from http://127.*wanted https all"):
        fetch(made_up(server))
    assert server.asked == []


def test_a_turn_to_another_scheme_on_the_way_is_refused(server, monkeypatch):
    schemes = iter([("http",), ("http",), ("https",)])

    class Schemes:
        def __contains__(self, scheme):
            return scheme in next(schemes)

    server.files["/end"] = (CONTENT, 23, 200, {})
    put(server, b"", status=302, Location="/end")
    monkeypatch.setattr("throughtime.download.cache._SCHEMES", Schemes())
    with pytest.raises(DownloadError, match="/end; wanted https all the way"):
        fetch(made_up(server))
    assert left() == []


def test_a_folder_that_cannot_be_written_is_told(server, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("THROUGHTIME_CACHE", str(tmp_path / "file" / "below"))
    put(server)
    with pytest.raises(DownloadError, match=r"wanted a folder.*THROUGHTIME_CACHE"):
        fetch(made_up(server))


def test_the_cache_is_the_systems_without_a_wish(monkeypatch):
    monkeypatch.delenv("THROUGHTIME_CACHE", raising=False)
    assert str(cache_folder()) == str(pooch.os_cache("throughtime"))


class Touch:
    """Make a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


def test_a_wrong_hash_never_reaches_the_unpickler(server, tmp_path, monkeypatch):
    mark, archive = tmp_path / "unpickled", tmp_path / "imdb.npz"
    rows = np.array([Touch(mark), [1]], dtype=object)
    np.savez(archive, x_train=rows, y_train=np.array([0, 1]))
    content = archive.read_bytes()
    put(server, content)
    false = made_up(server, max_bytes=10_000, name="imdb", file="imdb.npz")
    monkeypatch.setitem(cards_module._CARDS, "imdb", false)
    with pytest.raises(DownloadError, match="another hash"):
        imdb()
    # Nor does a file that lies in the cache already.
    cache_folder().mkdir(exist_ok=True)
    (cache_folder() / "imdb.npz").write_bytes(content)
    with pytest.raises(DownloadError, match="another hash"):
        imdb()
    assert not mark.exists()
    # The mark would have shown it: this is what unpickling does.
    pickle.loads(pickle.dumps(Touch(mark))).close()
    assert mark.exists()


def test_a_page_in_the_place_of_a_zip_is_refused(server):
    from throughtime.download.cache import unpack

    put(server)
    with pytest.raises(DownloadError, match="something else than a zip"):
        unpack(made_up(server, file="made.zip"), ("a.txt",))
    assert not (cache_folder() / "made.zip").exists()


def test_members_of_a_zip_are_found_by_the_ends_of_their_paths(server, tmp_path):
    from throughtime.download.cache import unpack

    with zipfile.ZipFile(tmp_path / "made.zip", "w") as packed:
        packed.writestr("__MACOSX/deep/a.txt", "shadow")
        packed.writestr("../deep/a.txt", "inside")
        packed.writestr("b.txt", "x" * 11_000, zipfile.ZIP_DEFLATED)
    content = (tmp_path / "made.zip").read_bytes()
    put(server, content)
    about = made_up(server, content, file="made.zip")
    (path,) = unpack(about, ("a.txt",))
    assert path.read_text() == "inside"
    assert path.parent == cache_folder() / "made"
    with pytest.raises(DownloadError, match=r"no member for c\.txt; wanted"):
        unpack(about, ("c.txt",))
    with pytest.raises(DownloadError, match=r"11000 bytes for b\.txt; wanted .* 10000"):
        unpack(about, ("b.txt",))
