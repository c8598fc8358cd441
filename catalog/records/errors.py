"""What is wrong with a row."""


class RefusedError(Exception):
    """A row that cannot become a title; the message is one sentence for the report."""
