"""What type checkers see of publishing; tests/unit/test_public_names.py compares the two."""

from posthouse.publishing.gating.beginning import begin_term as begin_term
from posthouse.publishing.gating.gates import (
    require_member as require_member,
    require_plan as require_plan,
)
from posthouse.publishing.gating.plan import Plan as Plan, months as months
from posthouse.publishing.publishers.entries import FeedEntry as FeedEntry
from posthouse.publishing.publishers.feeds import FeedPublisher as FeedPublisher
from posthouse.publishing.publishers.inbound import InboundPublisher as InboundPublisher
from posthouse.publishing.publishers.polled import (
    JsonPublisher as JsonPublisher,
    PagePublisher as PagePublisher,
)
from posthouse.publishing.publishers.posted import EntriesPublisher as EntriesPublisher
from posthouse.publishing.publishers.publisher import Publisher as Publisher
from posthouse.publishing.publishers.signing import sign as sign
from posthouse.publishing.searches.asking import (
    any_of as any_of,
    at_least as at_least,
    at_most as at_most,
    without_words as without_words,
    words as words,
)
from posthouse.publishing.searches.conditions import Condition as Condition
from posthouse.publishing.searches.saved import SavedSearch as SavedSearch
from posthouse.publishing.searches.where import where as where
from posthouse.publishing.topic import Topic as Topic
