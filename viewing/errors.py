"""What can go wrong while watching."""

from common.errors import ForbiddenError, NotFoundError


class ContentNotFoundError(NotFoundError):
    """Nothing that could be watched has this id."""

    default_detail = "There is nothing to watch with this id."
    default_code = "content_not_found"


class ContentNotSuitableError(ForbiddenError):
    """It is rated above the profile's limit."""

    default_detail = "This is not available for this profile."
    default_code = "content_not_suitable"


class BookmarkNotFoundError(NotFoundError):
    """The profile has no such bookmark."""

    default_detail = "There is no such bookmark."
    default_code = "bookmark_not_found"
