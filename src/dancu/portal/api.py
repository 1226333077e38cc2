"""The door of the citizen's pages."""

from dancu.portal.usecases import LinesPage, Wanted, first_day_shown, read_line, read_page

__all__ = ["LinesPage", "Wanted", "first_day_shown", "read_line", "read_page"]
