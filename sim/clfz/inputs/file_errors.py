"""Why a file operation failed, in plain words: the one place that knows."""

import errno

_REASONS = {
    errno.ENOSPC: "the disk is full",
    getattr(errno, "EDQUOT", -1): "your disk quota is used up",
    errno.EFBIG: "a file would be larger than is allowed here",
    errno.EACCES: "you have no permission to use it",
    errno.EPERM: "you have no permission to use it",
    errno.EROFS: "that disk can only be read",
    errno.ENOENT: "it does not exist",
    errno.EISDIR: "it is a folder, not a file",
    errno.ENOTDIR: "a part of that path is a file, not a folder",
    errno.EEXIST: "it is there already",
    errno.ENAMETOOLONG: "the name is too long",
}
_ADVICE = {
    errno.ENOSPC: "Make room, or write elsewhere with --out.",
    errno.EROFS: "Write elsewhere with --out.",
}


def reason(error: BaseException) -> str:
    """Why it failed, without a full stop: the end of a sentence of one's own."""
    if (number := getattr(error, "errno", None)) in _REASONS:
        return _REASONS[number]
    text = (str(error).splitlines() or [""])[0].rstrip(".")
    return text or type(error).__name__


def advice(error: BaseException) -> str:
    """What whoever writes results with the command line can do, as a sentence after a blank; or nothing."""
    told = _ADVICE.get(getattr(error, "errno", None) or 0, "")
    return f" {told}" if told else ""


def is_known(error: BaseException) -> bool:
    """Whether the reason is one that the reader can mend, and not a defect."""
    return isinstance(error, OSError) and error.errno in _REASONS
