"""What is told when a study cannot be run or read."""


class StudyError(Exception):
    """A study cannot be run or read; the message is one sentence for the user."""
