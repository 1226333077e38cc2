"""The one family of errors. Rooms raise them; only edges translate them into pages, problem details or exit codes."""

from __future__ import annotations

from collections.abc import Mapping


class DancuError(Exception):
    """An expected failure: a stable code, a sentence for people in both languages, details that are safe to show."""

    status = 500

    def __init__(
        self,
        code: str,
        message: str,
        message_en: str = "",
        *,
        field: str | None = None,
        details: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(code)  # the text of an exception reaches logs, so it carries the code only
        self.code = code
        self.message = message
        self.message_en = message_en or message
        self.field = field
        self.details = dict(details or {})


class Invalid(DancuError):
    """What came in is malformed: which field, why, what to do."""

    status = 422


class Unauthenticated(DancuError):
    """Who calls is not believed: a signature or a certificate that does not hold."""

    status = 401


class NotFound(DancuError):
    """There is no such thing, or it is not yours to know: both look the same."""

    status = 404


class NotAllowed(DancuError):
    """The actor may not do this."""

    status = 403


class Conflict(DancuError):
    """The thing is in another state; the details say what is possible now."""

    status = 409


class TooMany(DancuError):
    """A stated limit is reached; try again later or with less."""

    status = 429


class Unavailable(DancuError):
    """Something we need does not answer; nothing was disclosed and nothing was lost."""

    status = 503
