from posthouse.adapters.telegram.api.base import (
    InputFile as InputFile,
    TelegramMethod as TelegramMethod,
    TelegramObject as TelegramObject,
)
from posthouse.adapters.telegram.api.codec import (
    Answer as Answer,
    decode_answer as decode_answer,
    decode_object as decode_object,
    decode_result as decode_result,
    decode_update as decode_update,
    split_updates as split_updates,
)
from posthouse.adapters.telegram.api.encoding import (
    Call as Call,
    encode as encode,
    encode_call as encode_call,
    encode_reply as encode_reply,
)
from posthouse.adapters.telegram.api.methods import *
from posthouse.adapters.telegram.api.specification import specification as specification
from posthouse.adapters.telegram.api.types import *
from posthouse.adapters.telegram.api.unknown import (
    Unknown as Unknown,
    unknown_keys as unknown_keys,
)
from posthouse.adapters.telegram.client import TelegramClient as TelegramClient
from posthouse.adapters.telegram.rates import Rates as Rates, RateSettings as RateSettings
from posthouse.adapters.telegram.updates import (
    CheckoutAsked as CheckoutAsked,
    InlineChosen as InlineChosen,
    InlineQueried as InlineQueried,
    JoinRequested as JoinRequested,
    MemberChanged as MemberChanged,
    OtherUpdate as OtherUpdate,
    PollAnswered as PollAnswered,
    ShippingAsked as ShippingAsked,
)
