"""Types that a handler only receives or that adapters and modules are annotated with."""

from posthouse.model.capabilities import Capabilities, Level
from posthouse.model.chat import Chat, ChatKind, Person
from posthouse.model.outgoing import Content, DeliveryClass, Departure, Key, Operation, Outgoing
from posthouse.model.reply import Answer, Button, Request, Signal
from posthouse.model.text import Span, SpanKind, Text, Words
from posthouse.model.update import (
    AlbumMessage,
    AnyUpdate,
    ChatUpdate,
    ContactMessage,
    Deletion,
    Edit,
    FileMessage,
    LocationMessage,
    Message,
    OtherMessage,
    Outcome,
    PhotoMessage,
    Press,
    Reaction,
    Status,
    StatusKind,
    ThreadOpened,
    TimerDue,
    Update,
)
from posthouse.model.values import Email, Location, Money, Phone, Place, Url
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
from posthouse.turn.action import Action
from posthouse.turn.sent import Sent

__all__ = [
    "Action",
    "Adapter",
    "AlbumMessage",
    "Answer",
    "AnyUpdate",
    "Button",
    "CallNext",
    "Capabilities",
    "Certainty",
    "Chat",
    "ChatKind",
    "ChatUpdate",
    "Claim",
    "Clock",
    "ContactMessage",
    "Content",
    "Database",
    "Deletion",
    "Delivery",
    "DeliveryClass",
    "Departure",
    "Edit",
    "Email",
    "Endpoint",
    "FileMessage",
    "Filter",
    "Handled",
    "Host",
    "Incoming",
    "Key",
    "Level",
    "Location",
    "LocationMessage",
    "Message",
    "Middleware",
    "Money",
    "Operation",
    "OtherMessage",
    "Outcome",
    "Outgoing",
    "Pacer",
    "Person",
    "Phone",
    "PhotoMessage",
    "Place",
    "Press",
    "Process",
    "Profile",
    "Reaction",
    "Receiver",
    "Request",
    "Sent",
    "Settled",
    "Signal",
    "Span",
    "SpanKind",
    "Statement",
    "Status",
    "StatusKind",
    "Text",
    "ThreadOpened",
    "TimerDue",
    "Update",
    "Url",
    "Words",
]
