"""The door of the citizen's pages."""

from dancu.portal.usecases import LinesPage, Wanted, read_line, read_page

__all__ = ["LinesPage", "Wanted", "read_line", "read_page"]
