"""Every error Posthouse raises on purpose, branched by what the caller can do about it.

PosthouseError
├── SetupError                 fix the installation, the settings or the code, then start again
│   ├── SettingsError          posthouse.toml, or the same given to Site(...)
│   ├── ProvideError           a use() parameter that no module provides
│   ├── RouteError             a handler whose signature cannot be routed or parsed
│   ├── ActionError            an action, or a button built with arguments that do not fit it
│   ├── FormError              a form, one of its fields or a gazetteer is declared wrongly
│   ├── AdapterError           an adapter that cannot start
│   │   └── TokenError          a token that the messenger does not accept, or no longer
│   ├── AlreadyRunningError    another process owns the database file
│   ├── PortTakenError         the HTTP port is in use
│   └── SchemaError            the database is newer than this version, or is not ours
├── MistakeError               a handler did what cannot be done: fix the handler
│   ├── EmptyReplyError        a reply without any content
│   ├── InvalidReplyError      a reply that the chat's messenger cannot show
│   ├── TurnClosedError        a call on a turn that is over
│   └── CalledTwiceError       a middleware called the next one twice
├── TryLaterError              nothing is wrong with the request: repeat it later
│   ├── StoreUnavailableError  the database cannot write now (full disk, locked file)
│   │   └── SchemaChangedError the schema was changed under the running site: stop and start again
│   ├── OverloadedError        a lane or the inbox is full
│   ├── FetchError             what a publisher fetches cannot be had now
│   └── NotSentError           a delivery failed before its first byte
└── GiveUpError                repeating will not help
    ├── SourceGoneError        what a publisher fetches was taken away for good
    ├── DecodeError            bytes that are not what they should be
    ├── PayloadError           a button payload that is forged, foreign or unknown
    ├── ArgumentError          a command's argument that a person typed wrong
    ├── ConflictError          a statement broke a constraint or touched other rows than expected
    ├── RejectedError          the messenger refused a delivery
    │   ├── MessageGoneError    the message to change is not there any more
    │   ├── UnreachableError    the chat is closed to the bot: blocked, left, deleted
    │   └── MovedError          the chat has another id now
    └── OutcomeUnknownError    a delivery or a once() call whose end nobody can know
"""


class PosthouseError(Exception):
    """Base of every error that Posthouse raises on purpose."""


class SetupError(PosthouseError):
    """Fix the installation, the settings or the code, then start again."""


class SettingsError(SetupError):
    """posthouse.toml, or the same given to Site(...), has mistakes; all of them are listed."""


class ProvideError(SetupError):
    """A use() parameter asks for a type that no module provides."""


class RouteError(SetupError):
    """A handler's signature cannot be routed or its arguments cannot be parsed."""


class ActionError(SetupError):
    """An action is declared wrongly, or a button was built with arguments that do not fit it."""


class FormError(SetupError):
    """A form, one of its fields or a gazetteer is declared wrongly."""


class AdapterError(SetupError):
    """An adapter cannot start."""


class TokenError(AdapterError):
    """The messenger does not accept the bot's token: put a valid one in the settings."""


class AlreadyRunningError(SetupError):
    """Another process owns the database file."""


class PortTakenError(SetupError):
    """The HTTP port is in use."""


class SchemaError(SetupError):
    """The database is newer than this version of Posthouse, or is not Posthouse's."""


class MistakeError(PosthouseError):
    """A handler did what cannot be done: fix the handler."""


class EmptyReplyError(MistakeError):
    """A reply has neither text nor media."""


class InvalidReplyError(MistakeError):
    """A reply cannot be shown in the chat it is meant for."""


class TurnClosedError(MistakeError):
    """A turn was used after it had ended or had been cut."""


class CalledTwiceError(MistakeError):
    """A middleware called the next one twice."""


class TryLaterError(PosthouseError):
    """Nothing is wrong with the request: repeat it later."""


class StoreUnavailableError(TryLaterError):
    """The database cannot write now: a full disk, a locked or an unreadable file."""


class SchemaChangedError(StoreUnavailableError):
    """Another program migrated the database while the site ran: stop, then start again."""


class OverloadedError(TryLaterError):
    """A lane or the inbox is full."""


class FetchError(TryLaterError):
    """What a publisher fetches cannot be had now, or is not what it should be."""

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
        """How long its server asked to wait, or None when it did not say."""


class NotSentError(TryLaterError):
    """A delivery failed before its first byte left, so it may be repeated safely."""

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
        """How long the messenger asked to wait, or None when it did not say."""


class GiveUpError(PosthouseError):
    """Repeating will not help."""


class SourceGoneError(GiveUpError):
    """What a publisher fetches was taken away for good: it stops until somebody resumes it."""


class DecodeError(GiveUpError):
    """Bytes are not what they should be."""


class PayloadError(GiveUpError):
    """A button payload is forged, belongs elsewhere or is no longer known."""


class ArgumentError(GiveUpError):
    """A person typed an argument that does not fit; the message is meant for that person."""


class ConflictError(GiveUpError):
    """A statement touched another number of rows than it expected, or broke a constraint."""

    def __init__(self, message: str, *, constraint: bool = False) -> None:
        super().__init__(message)
        self.constraint = constraint
        """True when a constraint of the database refused the statement."""


class RejectedError(GiveUpError):
    """The messenger refused a delivery; sending it again would be refused again."""

    def __init__(self, message: str, *, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        """The messenger's own number of the refusal, where it has one."""


class MessageGoneError(RejectedError):
    """The message that was to be changed is not there any more."""


class UnreachableError(RejectedError):
    """The chat is closed to this bot: the person blocked it, it was removed, the chat is gone."""


class MovedError(RejectedError):
    """The chat goes on under another id."""

    def __init__(self, message: str, *, chat: str, code: int | None = None) -> None:
        super().__init__(message, code=code)
        self.chat = chat
        """Its raw id now."""


class OutcomeUnknownError(GiveUpError):
    """Nobody can know whether a delivery, or a once() call, took effect."""
