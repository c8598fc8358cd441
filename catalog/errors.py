"""What can go wrong when somebody asks for a title."""

from common.errors import ForbiddenError, InvalidError, NotFoundError


class TitleNotFoundError(NotFoundError):
    """No title and no episode has this id."""

    default_detail = "There is no such title."
    default_code = "title_not_found"


class TitleNotSuitableError(ForbiddenError):
    """The title is rated above the profile's limit; clients show a screen of their own for this 403."""

    default_detail = "This title is not available for this profile."
    default_code = "title_not_suitable"


class AvailabilityError(InvalidError):
    """The last moment of a title's availability is not behind its first one."""

    default_detail = "available_until: The availability ends before it begins."
    default_code = "availability_reversed"


class GenreUnknownError(InvalidError):
    """A title was put on a shelf that does not exist."""

    default_detail = "genre_ids: There is no such genre."
    default_code = "genre_unknown"


class TitleFileUnreadableError(InvalidError):
    """A file of titles as a whole cannot be read."""

    default_detail = "The file of titles cannot be read."
    default_code = "file_unreadable"


class ColumnUnknownError(InvalidError):
    """A column is to be renamed that the rows do not have, or to what is no field."""

    default_detail = "map: There is no such column."
    default_code = "column_unknown"
