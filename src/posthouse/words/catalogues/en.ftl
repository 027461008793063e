# What the framework says by itself. Every other language here has the same keys.

## When something cannot be done

posthouse-sorry = Sorry, something went wrong here. It was noted, and the people who run this bot can see it.
posthouse-button-gone = That button no longer works.
posthouse-link-gone = That link no longer works.

## Commands

# $command is what was typed, without the slash.
posthouse-unknown-command = I do not know /{ $command }.
# $near is a command that looks alike.
posthouse-unknown-command-near = I do not know /{ $command }. Did you mean /{ $near }?
posthouse-unknown-command-help = I do not know /{ $command }. /help tells what I can do.
# $listed is a list of commands; $more says whether there are further ones.
posthouse-unknown-command-known =
    I do not know /{ $command }. I know { $listed }{ $more ->
        [true] …
       *[false] .
    }

# $typed is what was typed, $name the argument as the usage line calls it, $expected one of the phrases
# that follow.
posthouse-argument-wrong = { $name } is “{ $typed }”, but should be { $expected }.
posthouse-argument-missing = { $name } is missing: { $expected }.
posthouse-argument-surplus = That is more than I need: “{ $typed }”.
posthouse-argument-usage = Usage: { $usage }
posthouse-argument-example = Example: { $example }
# What can be typed; its label stands in the usage line, its example in the example.
posthouse-argument-word = a word, or several in quotes
    .example = word
posthouse-argument-words = some words
    .example = some words
posthouse-argument-whole = a whole number (3, -12)
    .label = whole number
posthouse-argument-number = a number (2, 2.5)
    .label = number
posthouse-argument-exact = a number (2, 2.50)
    .label = number
posthouse-argument-switch = yes or no
posthouse-argument-duration = a duration (10s, 20m, 1h30m, 2d, 1w, PT1H30M)
    .label = duration
posthouse-argument-moment = a date (2031-05-17) or a moment (2031-05-17T16:30, in UTC where no zone is given)
    .label = moment
posthouse-argument-person = a mention (@name) or a person's id
    .label = person
posthouse-argument-choice = one of { $choices }

## Language

posthouse-language = Which language do you prefer?
posthouse-language-automatic = As my messenger says
# Said in the language that was chosen.
posthouse-language-set = From now on I speak English.
posthouse-language-help = Choose a language

## Forms

# $number is the question's place, $count how many there are.
posthouse-form-progress = { $number } of { $count }
# $answer is what was answered before.
posthouse-form-present = Now: { $answer }
posthouse-form-back = ‹ Back
posthouse-form-forward = Next ›
posthouse-form-contact = Share my number
posthouse-form-location = Share where I am
posthouse-form-noted = Noted.
posthouse-form-skip = Skip
posthouse-form-done = Done
posthouse-form-cancel = Cancel
posthouse-form-decide = Is everything right?
posthouse-form-submit = Send
posthouse-form-publish = Publish
posthouse-form-edit = Change
posthouse-form-anew = Start over
posthouse-form-go-on = Go on
posthouse-form-discard = Yes, give up
posthouse-form-home = To the beginning
posthouse-form-menu = What do you want to change?
posthouse-form-submitted = Done. Thank you!
posthouse-form-press = Please choose with one of these buttons.
posthouse-form-misfit = This question has changed since, so please answer it again.
# $answered and $count tell how far one got.
posthouse-form-resume = You have begun this already: { $answered } of { $count } questions are answered.
posthouse-form-cancel-asked =
    { $count ->
        [one] Give up your answer?
       *[other] Give up your { $count } answers?
    }
posthouse-form-cancelled = Cancelled. Nothing was kept.
posthouse-form-nothing = There is nothing to cancel.
posthouse-form-expired =
    { $count ->
        [0] What you had begun was given up, because it waited too long.
        [one] What you had begun was given up with one answer, because it waited too long.
       *[other] What you had begun was given up with { $count } answers, because it waited too long.
    }
posthouse-form-was-submitted = This was sent already.
posthouse-form-was-cancelled = This was cancelled.
posthouse-form-was-restarted = This was begun anew; the older answers are gone.
posthouse-form-was-expired = This waited too long and was given up.
posthouse-form-was-gone = This is over already.
posthouse-form-edited = I do not read changes of a sent message. To change an answer, press Back, or Change at the end.
posthouse-form-late = Some photos came too late to be taken with the others. To add them, press Back.
posthouse-form-help = /cancel gives up, /start begins again.
posthouse-form-private = This needs a few answers, which are better given in private. Write to me there.
posthouse-form-open = Fill it in

## Screens

posthouse-confirm = Are you sure?
posthouse-confirmed = Done.
posthouse-yes = Yes
posthouse-no = No
posthouse-choose-all = All
posthouse-choose-none = None
posthouse-choose-done = Done
posthouse-nothing-found = Nothing found
# $most is the highest number of a choice.
posthouse-choice-range = { $most ->
    [one] There is only choice 1.
   *[other] Please answer with a number from 1 to { $most }.
}

## Fields

# Buttons.
posthouse-button-add = Add
posthouse-button-none = None
posthouse-button-drop-last = Remove the last
posthouse-button-drop-all = Remove all

# How answers are shown.
posthouse-skipped = –
posthouse-none = none
posthouse-number = { $number }
posthouse-number-unit = { $number } { $unit }
posthouse-money = { $money }
posthouse-date = { $date }
# $month is its number, $year has four digits.
posthouse-month = { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $year }
posthouse-day-mon = Mo
posthouse-day-tue = Tu
posthouse-day-wed = We
posthouse-day-thu = Th
posthouse-day-fri = Fr
posthouse-day-sat = Sa
posthouse-day-sun = Su
posthouse-photos = { $count ->
    [0] no photos
    [one] { $count } photo
   *[other] { $count } photos
}

# What a field expects, and what was wrong with an answer. $least and $most are its limits.
posthouse-refused = That answer does not fit here. Please give another.
posthouse-expected-text = Please write it as a text of at most { $most ->
    [one] { $most } character
   *[other] { $most } characters
}.
posthouse-expected-text-between = Please write it as a text of { $least } to { $most } characters.
# $count is how many characters there are.
posthouse-text-short = That is too short: it has { $count ->
    [one] { $count } character
   *[other] { $count } characters
}, and at least { $least } are needed.
posthouse-text-long = That is too long: it has { $count } characters, and at most { $most ->
    [one] { $most } fits
   *[other] { $most } fit
}.
posthouse-expected-email = Please write a mail address, such as ann@example.org.
posthouse-expected-url = Please write the address of a web page, such as https://example.org.
posthouse-expected-number-any = Please write a number in digits.
posthouse-expected-number-least = Please write a number in digits, { $least } or more.
posthouse-expected-number-most = Please write a number in digits, { $most } or less.
posthouse-expected-number-between = Please write a number in digits, from { $least } to { $most }.
posthouse-number-least = That is too little: it has to be { $least } or more.
posthouse-number-most = That is too much: it has to be { $most } or less.
posthouse-number-between = That is out of the range: it has to be from { $least } to { $most }.
posthouse-number-whole = Please write a whole number, without a fraction.
posthouse-number-decimals = { $most ->
    [0] Please write a whole amount, without a fraction.
    [one] Please write at most { $most } digit after the decimal point.
   *[other] Please write at most { $most } digits after the decimal point.
}
# $whole and $broken are the two numbers, as they can be typed.
posthouse-number-ambiguous = That can be read as two different numbers. Please write { $whole } or { $broken }.
# $currency has three letters: USD.
posthouse-expected-money = Please write an amount and its currency, such as 50 EUR.
posthouse-expected-money-any = Please write an amount in { $currency }, in digits.
posthouse-expected-money-least = Please write an amount in { $currency }, { $least } or more.
posthouse-expected-money-most = Please write an amount in { $currency }, { $most } or less.
posthouse-expected-money-between = Please write an amount in { $currency }, from { $least } to { $most }.
# $given is the currency that was written.
posthouse-money-other = Please give the amount in { $currency }, not in { $given }.
# $example is a phone number.
posthouse-expected-phone = Please write a phone number, such as { $example }; one from abroad begins with + and the country's code.
posthouse-expected-phone-international = Please write a phone number that begins with + and the country's code.
posthouse-phone-foreign = That is somebody else's contact. Please share your own, or write the number.
posthouse-expected-choice = Please choose one of the options.
posthouse-expected-choices = Please switch the options with their buttons, then press Done.
posthouse-choice-least = { $least ->
    [one] Please choose at least one.
   *[other] Please choose at least { $least }.
}
posthouse-choice-most = { $most ->
    [one] Only one can be chosen. Switch it off to choose another.
   *[other] At most { $most } can be chosen. Switch one off to choose another.
}
posthouse-expected-date-any = Please pick a day, or write a date such as 2030-12-31.
posthouse-expected-date-least = Please pick a day, or write a date such as 2030-12-31; the first that fits is { $least }.
posthouse-expected-date-most = Please pick a day, or write a date such as 2030-12-31; the last that fits is { $most }.
posthouse-expected-date-between = Please pick a day, or write a date such as 2030-12-31; it has to be from { $least } to { $most }.
posthouse-date-least = That day is too early: the first that fits is { $least }.
posthouse-date-most = That day is too late: the last that fits is { $most }.
posthouse-date-between = That day does not fit: it has to be from { $least } to { $most }.
# $one and $other are the two dates, as they can be typed.
posthouse-date-ambiguous = That can be read as two different days. Please write { $one } or { $other }.
posthouse-expected-time = Please pick a time, or write one such as 14:30; it has to be from { $least } to { $most }.
posthouse-time-between = That time does not fit: it has to be from { $least } to { $most }.
posthouse-expected-photo = Please send a photo.
posthouse-photo-first = Only one photo is needed; I took the first.
# $most is in megabytes.
posthouse-photo-heavy = That picture is too large. Please send one of at most { $most } MB, or send it as a photo.
posthouse-expected-photos = Please send photos, at most { $most }, then press Done.
posthouse-photos-so-far = { $count ->
    [0] No photos yet; at most { $most }.
   *[other] Photos so far: { $count } of at most { $most }.
}
posthouse-photos-most = There are { $most } photos already, and no more fit. Remove one to send another.
# $left is how many were too many.
posthouse-photos-left-out = Only { $most ->
    [one] { $most } photo fits
   *[other] { $most } photos fit
}; { $left ->
    [one] I left out { $left }.
   *[other] I left out the last { $left }.
}
posthouse-photos-least = { $least ->
    [one] Please send at least { $least } photo first.
   *[other] Please send at least { $least } photos first.
}
posthouse-expected-file = Please send a file.
posthouse-file-first = Only one file is needed; I took the first.
posthouse-file-not-photo = That came as a photo. Please send it as a file, so that it comes as it is.
# $most is in megabytes.
posthouse-file-heavy = That file is too large. Please send one of at most { $most } MB.
posthouse-expected-location = Please share a place on the map, or write its latitude and longitude such as 50.45, 30.52.
posthouse-expected-place = Please write the name of the place, then choose it from what I find.
# $words is what was searched for.
posthouse-place-unknown = I know no place like “{ $words }”. Please check the spelling, or write a larger place nearby.
posthouse-places-found = { $count ->
    [one] I found one place. Is it this?
   *[other] I found { $count } places. Which one is it?
}
posthouse-expected-items = Please use the buttons: Add for one more, Done when all are there.
posthouse-items-so-far = { $count ->
    [0] None yet; at most { $most }.
   *[other] So far: { $count } of at most { $most }.
}
posthouse-items-most = There are { $most } already, and no more fit. Remove one to add another.
posthouse-items-least = { $least ->
    [one] Please add at least one first.
   *[other] Please add at least { $least } first.
}
posthouse-items-gone = The questions were changed since; please add them anew.

## Posts

# $number is the public number of a post, $state what its state is called, $name a person.
posthouse-post-sending = #{ $number } is being published…
posthouse-post-done = #{ $number } is published.
posthouse-post-is = #{ $number }: { $state }.
posthouse-post-changing = #{ $number }: { $state }. The published message is being updated…
posthouse-post-late = #{ $number }: { $state }. The published message could not be updated yet; it will be tried again.
posthouse-post-failed = #{ $number } could not be published. Staff were told. You can try again.
posthouse-post-unknown = Nobody can tell whether #{ $number } was published: the connection broke. Please look whether it is there, and only then try again.
posthouse-post-gone = #{ $number }: { $state }. Its message is not there any more: somebody deleted it. You can post it again.
posthouse-post-withdrawn = #{ $number } was taken back.
posthouse-post-removed = #{ $number } was removed by staff.
posthouse-post-lost = That is not there any more.
posthouse-post-not-yours = Only its author can do that.
posthouse-post-is-already = #{ $number } is that already: { $state }.
posthouse-post-no-step = That cannot be done with #{ $number } now.
posthouse-post-again-already = It was posted again already: #{ $number }.
posthouse-post-done-already = That is done already.
posthouse-post-not-withdrawn = #{ $number } was taken back, but its message could not be deleted. Staff were told.
posthouse-post-open = Open the post
posthouse-post-new = New
posthouse-post-retry = Try again
posthouse-post-to = Mark as: { $state }
posthouse-post-sure = Mark #{ $number } as: { $state }? This cannot be undone.
posthouse-post-again = Post #{ $number } again
posthouse-post-withdraw = Take #{ $number } back
posthouse-post-withdraw-sure = Take #{ $number } back? Its message will be deleted.
posthouse-post-show = Show #{ $number }
posthouse-post-list = Yours:
posthouse-post-none = You have published nothing yet.
posthouse-post-line = #{ $number } · { $state }
posthouse-post-state-withdrawn = taken back
posthouse-post-state-removed = removed
posthouse-post-remind = #{ $number } is still there. What has become of it?
# $to is the number of the newer post, $link its address or nothing.
posthouse-post-moved = #{ $number } was posted again: #{ $to } { $link }
# Above photos for which a post had no room. $link is the post's address or nothing.
posthouse-post-photos = More photos of #{ $number } { $link }

## Follow-ups of posts

posthouse-post-follow = Write about #{ $number }
posthouse-post-follow-done = Thank you, it was passed on.
posthouse-post-follow-of = About #{ $number }:
posthouse-post-follow-already = You have written about #{ $number } already.
posthouse-post-follow-head = About { $number }, from { $name }:

## What staff read

# $form is the name of the form.
posthouse-post-card = { $number } by { $name }
posthouse-post-remove = Delete
posthouse-post-ban = Ban the author
posthouse-post-ban-sure = Ban { $name }, and delete what was published in the last 24 hours?
posthouse-post-removing = Being deleted…
posthouse-post-ban-list = Deleted with it: { $posts }
posthouse-post-removed-by = Deleted by { $name }, { $at }.
posthouse-post-banned-by = Author banned by { $name }, { $at }.
posthouse-post-removed-already = #{ $number } is gone already.
posthouse-post-banned-already = { $name } is banned already.
posthouse-post-staff-only = Only staff can do that.
posthouse-post-undeleted = The message of #{ $number } could not be deleted, please do it by hand: { $error }
# $chat is the name of a chat in the settings, $error what the messenger said.
posthouse-post-alert-failed = #{ $number } could not be published in { $chat }: { $error }
posthouse-post-alert-unknown = Nobody can tell whether #{ $number } was published in { $chat }: { $error }
posthouse-post-alert-gone = The message of #{ $number } in { $chat } was deleted by hand.
# $again is true or false.
posthouse-post-alert-edit = The message of #{ $number } could not be changed: { $error } { $again ->
    [true] It is tried again.
   *[false] It is not tried any more.
 }
posthouse-post-alert-undeleted = The message of #{ $number } could not be deleted: { $error }
posthouse-post-alert-old = #{ $number } was posted again as #{ $to }, but its old message is as it was: { $error }
posthouse-post-alert-photos = The further photos of #{ $number } could not be sent: { $error } { $again ->
    [true] It is tried again.
   *[false] It is not tried any more.
 }
posthouse-post-alert-thread = No thread was opened for #{ $number } in { $chat }, so its further photos stand beside it. Is the group linked to the channel?
posthouse-post-alert-follow = What somebody wrote about a post could not be sent to { $chat }: { $error }

## Commands of staff

# $until is a moment; $id the number by which the messenger knows the person.
posthouse-staff-banned = { $name } ({ $id }) is banned until { $until }.
posthouse-staff-lift = Lift the ban
posthouse-staff-lifted = { $by } lifted the ban: { $name } is heard again.
posthouse-staff-ban-usage = Answer a message with /ban to ban its author for 24 hours. Another time, and a reason, may follow, such as: /ban 7d sells the same car every day
posthouse-staff-ban-nobody = Nobody can tell who wrote that.
posthouse-staff-ban-staff = { $name } keeps order here, and is not banned.
posthouse-staff-ban-partly = Not everything could be done in this group, please do it by hand: { $error }
posthouse-staff-ad-usage =
    Write it like this, or put it under a photo or a video:
    /post_ad { $chat }
    What the button says
    https://example.org
    What you have to tell
posthouse-staff-ad-no-chat = This bot has no chat called { $chat } in its settings.
posthouse-staff-ad-posted = Posted: { $chat }.
posthouse-staff-ad-failed = It could not be posted to { $chat }: { $error }
# Three numbers: persons who wrote to the bot, those of them who published, and what they published.
posthouse-staff-statistics = Persons: { $met }. Authors: { $wrote }. Published: { $entries }.
posthouse-staff-statistics-line = { $name }: { $entries }
posthouse-staff-statistics-banned = { $name } (banned)
posthouse-ban-help = Ban the author of the message you answer
posthouse-post_ad-help = Post to the channel, with a link on a button
posthouse-statistics-help = Show who published how much

## Saved searches

# How an empty choice is shown: nothing chosen stands for everything.
posthouse-search-all = all
posthouse-search-above = That is above the upper bound, { $bound }. Give a lower one, or change the upper bound first.
posthouse-search-below = That is below the lower bound, { $bound }. Give a higher one, or go back and change the lower bound.
posthouse-search-week = { $count ->
    [0] It would have found nothing in the last week.
    [one] It would have found { $count } item in the last week.
   *[other] It would have found { $count } items in the last week.
 }
posthouse-search-saved = The search is active. You get what is new as soon as it comes.
posthouse-search-fresh = Found in the last three days:
posthouse-search-nothing = Nothing was found in the last three days.
posthouse-search-everything = everything
posthouse-search-none = You have no saved searches yet.
posthouse-search-list = Your searches: { $name }
posthouse-search-is = { $title }
    This search is { $state }.
posthouse-search-active = on
posthouse-search-paused = off
posthouse-search-suspended = suspended
posthouse-search-on = Switch on
posthouse-search-off = Switch off
posthouse-search-change = Change
posthouse-search-look = What does it find?
posthouse-search-end = Delete
posthouse-search-end-sure = Delete the search “{ $title }”?
posthouse-search-ended = The search was deleted.
posthouse-search-lost = That search is not there any more.
posthouse-search-misfit = The questions of this search have changed since. Please change it and answer them again.
posthouse-search-mine = My searches
posthouse-search-new = New search

# --- publishing: how items reach those who want them
# $count is how many more items there are.
posthouse-publishing-more = … and { $count } more
# $title is a topic or a saved search, $count how many items of it follow, a line each.
posthouse-publishing-digest = { $title }: { $count } new
posthouse-publishing-open = Open the post

# --- subscriptions: topics whose items come by themselves
# $title is a topic's.
posthouse-subscription-ask = { $title }: when shall what is new come to you?
# When items come; $at is a time, $day a day of the week.
posthouse-subscription-now = At once
posthouse-subscription-daily = Every day at { $at }
posthouse-subscription-weekdays = Monday to Friday at { $at }
posthouse-subscription-weekly = Once a week ({ $day }, { $at })
posthouse-subscription-custom = On a schedule of its own ({ $cron })
# How a subscription stands.
posthouse-subscription-active = You are subscribed.
posthouse-subscription-paused = Paused: nothing comes.
posthouse-subscription-suspended = Suspended: { $reason }
posthouse-subscription-reason-blocked = Suspended, since the bot was blocked.
posthouse-subscription-reason-gate = Suspended, since you do not fulfil what it takes any more.
posthouse-subscription-reason-plan = Suspended, since “{ $plan }” has ended.
# What is set, a line each.
posthouse-subscription-is-when = When: { $when }
posthouse-subscription-is-quiet = Quiet hours: { $quiet }
posthouse-subscription-is-most = { $most ->
    [0] How many a day: as many as there are
   *[other] How many a day: at most { $most }
}
posthouse-subscription-is-edit = Changes: what was sent is changed
posthouse-subscription-is-again = Changes: sent again
posthouse-subscription-is-ignore = Changes: what was sent stays as it is
posthouse-subscription-is-zone = Time zone: { $zone }, where it is { $now }
posthouse-subscription-none = none
# Buttons.
posthouse-subscription-when = When
posthouse-subscription-quiet = Quiet hours
posthouse-subscription-most = How many
posthouse-subscription-changes = Changes
posthouse-subscription-zone = Time zone
posthouse-subscription-pause = Pause
posthouse-subscription-resume = Go on
posthouse-subscription-end = Unsubscribe
posthouse-subscription-end-sure = Unsubscribe from “{ $title }”?
posthouse-subscription-again = Subscribe again
posthouse-subscription-search = The search
posthouse-subscription-mine = My subscriptions
posthouse-subscription-back = ‹ Back
posthouse-subscription-settings = ⚙ Subscription
posthouse-subscription-more = Show them
posthouse-subscription-clock = Another time
posthouse-subscription-quiet-other = Other hours
posthouse-subscription-any = As many as there are
posthouse-subscription-do-edit = Change what was sent
posthouse-subscription-do-again = Send it again
posthouse-subscription-do-ignore = Leave it
# Questions.
posthouse-subscription-ask-when = { $title }: when shall what is new come?
posthouse-subscription-ask-clock = At what time?
posthouse-subscription-ask-quiet = When shall nothing come? What is new meanwhile comes afterwards.
posthouse-subscription-ask-from = From when on shall it be quiet?
posthouse-subscription-ask-until = Quiet from { $begins } until when?
posthouse-subscription-ask-most = How many a day at most? Of the rest you are told how many there are.
posthouse-subscription-ask-changes = When something changes that was sent to you already:
posthouse-subscription-ask-area = Where do you keep the time?
posthouse-subscription-ask-zone = Which place has your time? You may write a few letters of it.
posthouse-subscription-whole-day = Those hours would never end. Pause the subscription instead.
# $title is a topic's.
posthouse-subscription-ended = You are not subscribed to “{ $title }” any more.
posthouse-subscription-lost = That subscription is not there any more.
posthouse-subscription-staff = Only the staff can say what this chat subscribes to.
posthouse-subscription-list = Your subscriptions:
posthouse-subscription-nothing = You have no subscriptions yet.
posthouse-subscription-left-nothing = None of them is there any more.
# What the ready-made commands say.
posthouse-subscription-topics = What would you like to subscribe to?
posthouse-subscription-no-topics = There is nothing to subscribe to here.
posthouse-subscription-which = Which one do you want to end?
posthouse-subscribe-help = Subscribe to what is published here
posthouse-subscriptions-help = Show what you are subscribed to
posthouse-unsubscribe-help = End a subscription
# The page of a topic; $bot is the bot's title.
posthouse-subscription-page-by = Published by { $bot }
posthouse-subscription-page-newest = Newest
posthouse-subscription-page-nothing = Nothing has been published yet.
posthouse-subscription-page-open = Subscribe in the chat
posthouse-subscription-page-feeds = Or read it in a feed reader:

# --- gates: what a person needs first
# $chat is the name of a chat, $command what was typed, $plan the name of a plan, $until a date and
# time, $period how long it lasts.

posthouse-gate-member = To go on, join “{ $chat }” first.
posthouse-gate-join = Join
posthouse-gate-joined = I have joined
posthouse-gate-not-yet = You are not in “{ $chat }” yet.
posthouse-gate-hidden = This is for members of “{ $chat }”, and the bot may not see who they are. Those who run the bot have to make it an administrator there.
posthouse-gate-later = Whether you are in “{ $chat }” cannot be checked right now.
posthouse-gate-again = Try again
posthouse-gate-open = Thank you. Now send { $command } again.

posthouse-plan-needed = This is part of “{ $plan }”, which you do not have yet.
posthouse-plan-needed-over = This is part of “{ $plan }”, which you had until { $until }.
posthouse-plan-about = About “{ $plan }”
posthouse-plan-try = { $period } for free
posthouse-plan-months = { $count ->
    [one] { $count } month
   *[other] { $count } months
 }
posthouse-plan-days = { $count ->
    [one] { $count } day
   *[other] { $count } days
 }
posthouse-plan-hours = { $count ->
    [one] { $count } hour
   *[other] { $count } hours
 }
posthouse-plan-is = You have “{ $plan }” until { $until }.
posthouse-plan-was = You had “{ $plan }” until { $until }.
posthouse-plan-none = You do not have “{ $plan }”.
posthouse-plan-begun = “{ $plan }” is yours until { $until }.
posthouse-plan-given = You were given “{ $plan }”. You have it until { $until }.
posthouse-plan-tried = You have had “{ $plan }” for free before.
posthouse-plan-go-on = Go on
posthouse-plan-offer = Get it for longer
posthouse-plan-near = You have “{ $plan }” until { $until }. After that, what needs it stops.
posthouse-plan-over = “{ $plan }” has ended. Nothing comes by it until you have it again.
posthouse-plans = Your plans
posthouse-plans-granted = { $person } has “{ $plan }” until { $until }.
posthouse-plans-revoked = { $person } does not have “{ $plan }” any more.
posthouse-plans-nothing = { $person } does not have “{ $plan }”.
posthouse-plans-unknown = There is no plan { $plan }. There are: { $plans }
posthouse-plans-periods = Give between 1 and { $most } periods.

## Broadcasts

posthouse-broadcast-help = Send a message to everybody, or to some
posthouse-broadcast-words = What should it say? Your formatting is kept.
posthouse-broadcast-photo = Send a photo for it, or skip this.
posthouse-broadcast-label = What should a button with a link say? Skip this to have none.
posthouse-broadcast-url = Where should the button lead?
posthouse-broadcast-audience = Who should get it?
posthouse-audience-all = Everybody
posthouse-audience-active = Those who wrote lately
posthouse-audience-language = Those who speak a language
posthouse-audience-topic = Those who subscribe to a topic
posthouse-audience-role = Those who have a role
posthouse-broadcast-days = Within how many days did they write?
posthouse-broadcast-language = Which language? Write its tag, such as en or uk.
posthouse-broadcast-topic = What is the topic called?
posthouse-broadcast-role = What is the role called?
# $count is the number of recipients, $whom the audience as it is written on the command line.
posthouse-broadcast-confirm =
    This goes to { $count ->
        [one] one recipient
       *[other] { $count } recipients
    } ({ $whom }). Send it?
posthouse-broadcast-nobody = Nobody would get this, so it was not sent.
# $listed is a list of reasons with numbers.
posthouse-broadcast-left-out = Left out: { $listed }.
posthouse-broadcast-why-blocked = cannot be reached
posthouse-broadcast-why-banned = banned
posthouse-broadcast-why-paused = paused
posthouse-broadcast-why-no-private-chat = never wrote in private
# What is left, or what it will take.
posthouse-broadcast-takes =
    About { $hours ->
        [0] { $minutes } min
       *[other] { $hours } h { $minutes } min
    }.
posthouse-broadcast-send = Yes, send it
posthouse-broadcast-drop = Do not send
posthouse-broadcast-pause = Pause
posthouse-broadcast-resume = Go on
posthouse-broadcast-cancel = Stop for good
posthouse-broadcast-dropped = It was not sent.
posthouse-broadcast-gone = That broadcast is not there any more.
# $id is its number, $title its first line.
posthouse-broadcast-running = Broadcast { $id } is going out: { $title }
posthouse-broadcast-paused = Broadcast { $id } is paused: { $title }
posthouse-broadcast-scheduled = Broadcast { $id } waits for its time: { $title }
posthouse-broadcast-cancelled = Broadcast { $id } was stopped: { $title }
posthouse-broadcast-done = Broadcast { $id } is done: { $title }
posthouse-broadcast-retracted = Broadcast { $id } was taken back: { $title }
posthouse-broadcast-over = Broadcast { $id } is over: { $title }
posthouse-broadcast-counts = Sent: { $sent }. Failed: { $failed }. Unknown: { $unknown }. Left: { $left }.
