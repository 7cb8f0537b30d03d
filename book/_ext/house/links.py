"""The role ``{repo}``: a link into the repository, its address kept in _config.yml.

{repo}`lib` or {repo}`the library <lib>` leads to that path on the main branch.
"""

from sphinx.application import Sphinx
from sphinx.config import Config


def _set_address(app: Sphinx, config: Config) -> None:
    options = config.html_theme_options
    address, branch = options["repository_url"], options["repository_branch"]
    config.extlinks = {"repo": (f"{address.rstrip('/')}/tree/{branch}/%s", "%s")}


def setup(app: Sphinx) -> None:
    """Give Sphinx's own link extension the address."""
    app.setup_extension("sphinx.ext.extlinks")
    app.connect("config-inited", _set_address)
