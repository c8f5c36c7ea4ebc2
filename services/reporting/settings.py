"""What reporting reads from the environment: nothing of its own, the two kernels' settings and the links' key."""

from functools import cache

from web.links import Links
from web.settings import WebSettings


@cache
def links() -> Links:
    """Derives the survey links; raises `SettingMissingError` naming what is not set."""
    settings = WebSettings.load()
    return Links(settings.link_key, settings.public_url)
