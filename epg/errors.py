"""What can go wrong in the guide."""

from common.errors import ConflictError, InvalidError, NotFoundError


class ChannelNotFoundError(NotFoundError):
    """No channel has this id."""

    default_detail = "There is no such channel."
    default_code = "channel_not_found"


class GuideRefusedError(Exception):
    """A whole guide file cannot be imported; the message is one sentence for whoever sent it."""


class ChannelNumberTakenError(ConflictError):
    """Another channel has this number."""

    default_detail = "Another channel has this number."
    default_code = "channel_number_taken"


class ProgrammeNotFoundError(NotFoundError):
    """No programme has this id."""

    default_detail = "There is no such programme."
    default_code = "programme_not_found"


class ProgrammeTimesError(InvalidError):
    """A programme that ends before it starts, or as it starts."""

    default_detail = "end_time: A programme ends after it starts."
    default_code = "programme_times"


class SlotTakenError(ConflictError):
    """Two programmes of one channel would overlap."""

    default_detail = "Another programme of this channel is on at that time."
    default_code = "slot_taken"
