"""What can go wrong in the guide."""

from common.errors import NotFoundError


class ChannelNotFoundError(NotFoundError):
    """No channel has this id."""

    default_detail = "There is no such channel."
    default_code = "channel_not_found"


class GuideRefusedError(Exception):
    """A whole guide file cannot be imported; the message is one sentence for whoever sent it."""
