"""Small things one does with text."""

import re


def slug(title):
    """Return a title as it may stand in an address."""
    return "-".join(re.findall(r"[a-z0-9]+", title.lower()))


def wrap(text, width):
    """Break text into lines of at most `width` characters, at blanks; a longer word has a line of its own."""
    lines = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return lines
