"""What every store must do.

Each check is an async function that gets a way to make stores and raises AssertionError with a
sentence. Run every one of `STORE_CHECKS` on an implementation; `DURABLE_STORE_CHECKS` too, where
what is committed survives the process. No test framework is needed:

    for check in STORE_CHECKS:
        await check(make_store)
"""

from posthouse.testing.contracts.store.chats import (
    chats_move_whole,
    parts_are_taken_whole,
    unreachable_chats_are_known,
)
from posthouse.testing.contracts.store.kit import (
    Check,
)
from posthouse.testing.contracts.store.people import (
    persons_are_written_down,
    what_a_chat_wants_moves_with_it,
    what_is_said_is_kept,
    who_cannot_be_reached_is_noted,
)
from posthouse.testing.contracts.store.queues import (
    deliveries_end,
    done_update_is_not_set_aside,
    done_update_leaves_the_inbox,
    inbox_keeps_order,
    only_pending_rows_are_rewritten,
    outbox_by_chat,
    quarantine_and_replay,
    sent_messages_are_known,
    timers_are_taken_once,
    twice_the_same_delivery_fails,
    update_with_nothing_left_to_do_does_not_enter,
)
from posthouse.testing.contracts.store.statements import (
    bad_statements_fail_alone,
    deferred_constraints_fail_alone,
    fetch_only_reads,
    observers_stand_alone,
    statements_join_the_turn,
)
from posthouse.testing.contracts.store.turns import (
    accounts_keep_their_number,
    chains_apply_in_order,
    closed_store_refuses,
    large_batches_work,
    numbers_never_repeat,
    stale_state_loses,
    turn_is_written_whole,
    unknown_end_is_asked,
    update_counts_once,
)
from posthouse.testing.contracts.store.upkeep import (
    commands_are_executed_once,
    content_is_kept_while_it_is_needed,
    everything_survives,
    failures_are_forgotten_in_time,
    marks_are_forgotten_in_time,
    old_messages_are_forgotten,
    payloads_are_found,
    promises_are_kept,
    promises_outlive_marks_while_open,
)

STORE_CHECKS: tuple[Check, ...] = (
    closed_store_refuses,
    accounts_keep_their_number,
    numbers_never_repeat,
    turn_is_written_whole,
    update_counts_once,
    stale_state_loses,
    chains_apply_in_order,
    large_batches_work,
    unknown_end_is_asked,
    inbox_keeps_order,
    update_with_nothing_left_to_do_does_not_enter,
    done_update_leaves_the_inbox,
    quarantine_and_replay,
    done_update_is_not_set_aside,
    deliveries_end,
    outbox_by_chat,
    only_pending_rows_are_rewritten,
    sent_messages_are_known,
    twice_the_same_delivery_fails,
    timers_are_taken_once,
    promises_are_kept,
    payloads_are_found,
    observers_stand_alone,
    statements_join_the_turn,
    bad_statements_fail_alone,
    deferred_constraints_fail_alone,
    fetch_only_reads,
    marks_are_forgotten_in_time,
    promises_outlive_marks_while_open,
    old_messages_are_forgotten,
    failures_are_forgotten_in_time,
    content_is_kept_while_it_is_needed,
    commands_are_executed_once,
    parts_are_taken_whole,
    chats_move_whole,
    unreachable_chats_are_known,
    persons_are_written_down,
    who_cannot_be_reached_is_noted,
    what_a_chat_wants_moves_with_it,
    what_is_said_is_kept,
)
"""What every store must do."""

DURABLE_STORE_CHECKS: tuple[Check, ...] = (everything_survives,)
"""What a store must do whose data survives the process."""
