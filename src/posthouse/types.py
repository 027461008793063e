"""Types that a handler only receives or that adapters and modules are annotated with."""

from posthouse.model.capabilities import Capabilities, Level
from posthouse.model.chat import ChatKind
from posthouse.model.outgoing import Content, DeliveryClass, Departure, Key, Operation, Outgoing
from posthouse.model.reply import Answer, Signal
from posthouse.model.text import Span, SpanKind, Text, Words
from posthouse.model.update import (
    AnyUpdate,
    ChatUpdate,
    Deletion,
    OtherMessage,
    StatusKind,
    TimerDue,
)
from posthouse.ports.adapter import (
    Adapter,
    Certainty,
    Delivery,
    Endpoint,
    Host,
    Incoming,
    Pacer,
    Profile,
    Receiver,
    Settled,
)
from posthouse.ports.clock import Clock
from posthouse.ports.records import Statement
from posthouse.ports.store import Database
from posthouse.routing.handled import Claim, Handled
from posthouse.routing.middleware import CallNext, Middleware
from posthouse.routing.plain import Process
from posthouse.routing.router import Filter
from posthouse.turn.turn import Sent

__all__ = [
    "Adapter",
    "Answer",
    "AnyUpdate",
    "CallNext",
    "Capabilities",
    "Certainty",
    "ChatKind",
    "ChatUpdate",
    "Claim",
    "Clock",
    "Content",
    "Database",
    "Deletion",
    "Delivery",
    "DeliveryClass",
    "Departure",
    "Endpoint",
    "Filter",
    "Handled",
    "Host",
    "Incoming",
    "Key",
    "Level",
    "Middleware",
    "Operation",
    "OtherMessage",
    "Outgoing",
    "Pacer",
    "Process",
    "Profile",
    "Receiver",
    "Sent",
    "Settled",
    "Signal",
    "Span",
    "SpanKind",
    "Statement",
    "StatusKind",
    "Text",
    "TimerDue",
    "Words",
]
