# Every word the desk says in English. Keys name the meaning. A change here is a change in zh.ftl.

### Joints

list-comma = { ", " }
list-semicolon = { "; " }
list-sentence = { " " }
list-then = { ", then " }
a-quotation = “{ $words }”
a-heading = { $ref } · { $gist }
and-more = … and { $more ->
    [one] one more
   *[other] { $more } more
}
none = none
nobody = nobody yet
somebody = somebody
the-desk = the desk
the-channel = the team channel
whoever-is-left = whoever is left of the team
myself = { $name } (me)
private-words = (private: open it in a direct message)
cut-off = … [{ $left ->
    [one] one more character
   *[other] { $left } more characters
} in the ticket]

### Moments and durations

# Dates in the pattern language of CLDR; the second one is for another year than the present one.
date-pattern = d MMM
date-pattern-of-year = d MMM yyyy
a-day = { $weekday } { $date }
a-moment = { $weekday } { $date } { $time } ({ $offset })
a-noted-weekday = { $weekday } ({ $note })
a-span = { $since }–{ $until } ({ $offset })
a-long-span = { $since } – { $until }
a-provisional = { $moment }, provisional: the holidays of { $year } are not published yet
make-up-day = make-up working day
for-a-moment = less than a minute
for-minutes = { $minutes } min
for-hours = { $hours } h
for-hours-minutes = { $hours } h { $minutes } min
for-days = { $days ->
    [one] 1 day
   *[other] { $days } days
}
for-days-hours = { $days ->
    [one] 1 day
   *[other] { $days } days
} { $hours } h
left-of-working-time = { $length } left (working time)
left-around-the-clock = { $length } left
as-of = As of { $at }

### What a ticket is

kind-incident = Incident
kind-request = Service request
level-high = high
level-medium = medium
level-low = low
priority-P1 = critical
priority-P2 = high
priority-P3 = normal
priority-P4 = low
a-priority = { $priority } { $meaning }
a-cell = impact { $impact } × urgency { $urgency }
a-priority-from-cell = { $priority } = { $cell }
a-priority-overruled = { $priority }, set by { $by }: { $why } (the matrix says { $matrix }: { $cell })
a-reading-because = { $what } — you wrote { $words }
a-reading-heard = { $what } — heard { $words }
status-new = new
status-accepted = accepted
status-in_progress = in progress
status-waiting_requester = waiting for the requester
status-waiting_you = waiting for you
status-waiting_supplier = waiting for a supplier
status-waiting_approval = waiting for approval
status-scheduled = scheduled
status-until = { $status } until { $at }
status-resolved = resolved
status-fulfilled = fulfilled
status-closed = closed
status-cancelled = cancelled

label-status = Status
label-kind = Kind
label-service = Service
label-priority = Priority
label-holder = Held by
label-requester = Raised by
label-rating = Rating
label-sequel = Follows on from
label-solution = Solution
label-doubt = Reading
label-kept = Promises kept
label-broken = Promises broken
label-ratings = Ratings
label-on-call = On call now
label-downtime = I was down
label-dead-letters = Undelivered
label-holidays = Holidays

### Promises

clock-response = First response
clock-update = Next update
clock-resolution = Resolution
clock-keep_in_loop = Answer to the last message
clock-running = by { $due } · { $left }
clock-resting = { $note } · the clock rests until { $until }
clock-overdue = overdue: was promised by { $due }
clock-kept = kept, { $done }
clock-late = late: { $done }, was promised by { $due }
clock-paused = paused, { $left }
clock-paused-until = paused, { $left }; { $until }
restart-waiting_you = the ball is with you: it goes on when you answer
restart-waiting_requester = it goes on when the requester answers
restart-waiting_supplier = it goes on when the supplier delivers
restart-waiting_approval = it goes on when the approval is there
restart-scheduled = it goes on when the scheduled work begins

### Why these times

why-title = How the times of { $ref } come about
why-lead = Add it up yourself: only the hours in the rows count, and each total is the one before plus its row.
why-nothing = Nothing is promised for { $ref }, so no clock runs.
why-which = The times of which one?
why-head = ■ { $clock }: { $budget }
why-head-again = ■ { $clock }, no. { $cycle }: { $budget }
why-budget = { $length } of working time
why-budget-around-the-clock = { $length } round the clock
why-budget-days = { $days ->
    [one] 1 working day
   *[other] { $days } working days
}, until the close of the last
why-budget-days-same-time = { $days ->
    [one] 1 working day
   *[other] { $days } working days
}, at the same time of day
why-terms = Promised for { $kind } { $priority } by the agreement { $agreement }
why-terms-changed = Promised for { $kind } { $priority } by the agreement { $agreement } since { $at }, and counted from the beginning
why-terms-other = Promised by { $terms }
why-calendar = Calendar { $calendar }: hours of { $zone }, and so are the times below
why-around-the-clock = Calendar { $calendar }: every hour counts; the times below are those of { $zone }
why-runs = { $number }. { $since } – { $until } runs: { $cause }
why-stands = { $number }. { $since } – { $until } stands: { $cause }. Nothing counts.
why-row = · { $day }, { $row }: { $opens }–{ $closes } = { $length }; total { $total }
why-row-around-the-clock = · { $length }; total { $total }
why-weekly = usual hours { $window }
why-special = special hours of that day { $window }
why-make-up = make-up working day { $window }
why-shut = · { $day }: holiday, nothing counts
why-shut-days = · { $first } – { $last }: holidays, nothing counts
why-outside = · outside the hours, nothing counts
why-left-out = … { $count ->
    [one] one line
   *[other] { $count } lines
} left out; on the command line `deskbell why { $ref }` prints them all
why-used = Used: { $used }
why-left = Left: { $budget } − { $used } = { $left }; the card says “{ $shown }”
why-late-by = Over: { $used } − { $budget } = { $over }
why-ahead = Still to come until it is due:
why-ahead-then = From there on it was to be due after:
why-kept = Done { $at }, in time.
why-missed = Done { $at }, too late.
why-stopped = Given up { $at }; it is not judged.
why-due = Due: { $opens } + { $needed } = { $due }, when all of { $budget } is used up
why-due-plain = Due: { $due }
why-due-here = For you that is { $due }
why-due-none = No deadline while it stands; what is left counts from when it goes on.
why-days = Working days counted off: { $days }; from the beginning to { $until } that is { $budget } of working time
why-due-moved = Pauses took { $lost } of working time: { $named } becomes { $due }
why-judged-then = It was judged by the rules of its time, and stays so: used { $used }, due { $due }
why-broken-since = It counts as broken since { $at }, because these terms hold only from then on.
why-broken-before = It was broken on { $at } under the terms of then, and stays so.
why-cause-create = raised
why-cause-terms = priority or service changed
why-cause-first_response = taken up
why-cause-agent_reply = the desk replied
why-cause-customer_message = the requester wrote
why-cause-pause = paused
why-cause-waiting_requester = waiting for the requester
why-cause-waiting_supplier = waiting for a supplier
why-cause-waiting_approval = waiting for approval
why-cause-scheduled = scheduled for later
why-cause-answered = the requester answered
why-cause-resume = work went on
why-cause-resolve = it was done
why-cause-close = it was closed
why-cause-cancel = it was cancelled
why-cause-reopen = reopened
exact-hours = { $count } h
exact-minutes = { $count } min
exact-seconds = { $count } s
exact-length = { $length } ({ $seconds } s)
exact-joint = { " " }

### The receipt

receipt-summary = { $ref }, { $status }: { $gist }
receipt-new = Noted. { $team } can see it.
receipt-called = Noted. { $team } is being called.
receipt-assigned = Noted. It is on { $holder }’s desk.
receipt-accepted = { $holder } has it.
receipt-in_progress = { $holder } is working on it.
receipt-again = It is open again, and { $team } has been told.
receipt-waiting_requester = The ball is with you: { $holder } needs an answer to go on.
receipt-waiting_supplier = { $holder } is waiting for a supplier. The clock keeps running.
receipt-waiting_approval = { $holder } is waiting for an approval.
receipt-scheduled = { $holder } has scheduled it.
receipt-resolved = It should work again. Does it?
receipt-fulfilled = It is done. Is it what you wanted?
receipt-closed = Closed. If it comes back, just tell me.
receipt-cancelled = Cancelled. If you need it after all, just tell me.
receipt-late = We are late with this; the team and its lead know.
receipt-proposal = This is how I read it. One tap puts it right.
receipt-unsure = I was not sure how to read it. Which of the two is it?
receipt-what-for = “{ $words }”
holder-none = nobody yet ({ $team })

### The team’s card, pages and calls

team-title = { $priority } · { $heading }
team-summary = { $priority } { $ref }, { $status }: { $gist }
crew-new = Nobody has it yet.
crew-assigned = Assigned to { $holder }, not acknowledged yet.
crew-accepted = { $holder } has it.
crew-in_progress = { $holder } is working on it.
crew-again = Open again, and nobody has acknowledged yet.
crew-waiting_requester = Waiting for { $requester } to answer. The clock is paused.
crew-waiting_supplier = Waiting for a supplier. The clock keeps running.
crew-waiting_approval = Waiting for approval. The clock is paused.
crew-scheduled = Scheduled. The clock is paused.
crew-resolved = Resolved by { $holder }.
crew-fulfilled = Fulfilled by { $holder }.
crew-closed = Closed.
crew-cancelled = Cancelled.
crew-what-for = “{ $words }”
doubt-unconfirmed = a guess, not confirmed by { $requester } yet
first-call = { $who } will be called at { $at } if nobody acknowledges.
next-call = If nobody acknowledges, { $who } will be called at { $at }.
page-lead = You are being called (level { $level }, call { $round }). Acknowledge to stop the calls.
page-missed = Nobody could be called on level { $levels } while I was down.
page-summary = { $priority } { $ref }: { $gist }. Please acknowledge.
nobody-title = { $ref }: nobody is on level { $level }
nobody-lead = That level of the escalation policy is empty, so the next one was called at once. Please mend the rota.
assigned-lead = { $by } has given this to you.
assigned-summary = { $by } has given you { $ref }: { $gist }
more-lead = { $status }. What would you like to do?

### Promises at risk

warning-title = { $clock } of { $ref } is due by { $due }
warning-lead = { $gist } — { $left }. Held by { $holder }.
breach-title = { $clock } of { $ref } is overdue
breach-lead = { $gist } — was promised by { $due }. Held by { $holder }.
breach-lead-reclassified = { $gist } — overdue since { $due }, because its priority or service changed then. Held by { $holder }.
late = Said late by { $by }.
late-down = Said late by { $by }: I was down { $span }.

### Words between people

question-title = { $ref }: { $by } has a question for you
question-lead = { $gist } — the ball is with you; the clock goes on when you answer.
question-over = { $gist } — nothing is waiting for you any more ({ $status }).
reply-title = { $ref }: { $by } writes
reply-back-title = { $ref }: { $by } writes
reopened-title = { $ref } is open again, says { $by }
time-come-title = { $ref }: the time has come
time-come-lead = { $gist } — until now it was { $was }; the clock is running again.
nudged-title = { $ref }: { $requester } asks where it stands
nudged-lead = { $gist } — { $status }, held by { $holder }. The priority stays as it is.
low-rating-title = { $ref }: { $requester } gave { $stars }

### Done

done-title-incident = { $ref } is resolved · { $gist }
done-title-request = { $ref } is fulfilled · { $gist }
done-summary = { $ref } is done, does it work? { $gist }
done-asks-incident = { $by } says it works again. Does it? One tap from 5 (very good) to 1.
done-asks-request = { $by } says it is done. All right? One tap from 5 (very good) to 1.
done-rated = You gave { $stars }. Thank you.
done-closed = Closed.
done-open-again = Open again; { $holder } is on it.

### Buttons

do-right = Right
do-it-is-incident = Something is broken
do-it-is-request = I need something
do-more-urgent = More urgent
do-less-urgent = Less urgent
do-service = Other service…
do-not-a-ticket = Not a ticket
do-drop = No longer needed
do-answer = Answer
do-add = Add something
do-nudge = Ask where it stands
do-rate = { $stars } ★
do-reopen = Still broken
do-open-again = Open again
do-acknowledge = Acknowledge
do-start = Start work
do-go-on = Go on
do-say = Reply
do-ask = Ask requester
do-wait = Wait…
do-until = Right, schedule it
do-change = Change…
do-resolve = Resolve
do-take = Take it
do-assign = Assign…
do-more = More…
do-why = Why these times?
do-regrade = Impact and urgency…
do-overrule = Set priority…
do-note = Internal note
do-cancel = Cancel ticket…
do-show = Show ticket
do-mine = My tickets
do-queue = Show queue
do-help = What can I say?
do-draft = Make it a ticket all the same
do-draft-new = No, it is something new
do-language-en = Speak English
do-language-zh = 说中文
sure-drop = Drop { $ref }? Nobody will work on it then.
sure-yes = Yes, drop it
sure-no = Keep it

### Forms

form-answer = Answer for { $ref }
form-say = Reply on { $ref }
form-note = Note on { $ref }
form-ask = Ask about { $ref }
form-wait = { $ref } has to wait
form-resolve = Resolve { $ref }
form-assign = Assign { $ref }
form-regrade = Classify { $ref }
form-overrule = Priority of { $ref }
form-cancel = Cancel { $ref }
form-service = Service of { $ref }
submit-answer = Send
submit-say = Send
submit-note = Keep
submit-ask = Ask
submit-wait = Wait
submit-resolve = Resolve
submit-assign = Assign
submit-regrade = Save
submit-overrule = Save
submit-cancel = Cancel ticket
submit-service = Save
ask-words = Your message
hint-words = The other side sees this.
ask-note = Note for the team
hint-note = The requester does not see this.
ask-question = What do you need to know?
hint-question = The clock pauses until the requester answers.
ask-why = What exactly is awaited?
hint-why = For example the delivery number, who approves, or the date.
ask-until = Until when? (may stay empty)
hint-until = For example “tomorrow 3pm”, “Friday end of day”, “in two hours”: in your time zone.
ask-reason = Why?
hint-reason = The reason is kept with your name.
ask-solution = What was done?
hint-solution = The requester reads this.
ask-for = Waiting for
ask-to = Who takes it?
ask-impact = Impact: how many are affected?
ask-urgency = Urgency: how soon does it hurt?
ask-kind = Kind
ask-service = Service
ask-priority = Priority
wait-for-wait_supplier = a supplier (the clock keeps running)
wait-for-wait_approval = an approval
wait-for-schedule = an agreed time
back-to-matrix = { $priority }, as the matrix says

### Answers

passed-on = Passed on to { $to } ({ $ref }).
passed-on-done = Added to { $ref }, which counts as done.
noted = Noted on { $ref }, for the team only.
until-understood = I understood: { $at }. Right?
until-heard = From “{ $words }”. It counts once you say so.
until-guessed = From “{ $words }”, and some of it is a guess: please look closely. It counts once you say so.
until-unclear = I cannot make a moment to come of “{ $words }”.
until-unclear-lead = Nothing has changed yet. Try “tomorrow 3pm” or “2027-01-15 10:00”.
waits-until = { $ref } waits until { $at }; then I will tell whoever holds it.
taken-as-answer = Taken as your answer on { $ref }: { $holder } has it.
taken-as-answer-lead = The clock is running again.
nudged-answer = { $holder } has been told that you are waiting for { $ref }.
nudged-answer-lead = The team sees that you are waiting. The priority stays as it is.
reopened-answer = Sorry about that. { $ref } is open again, and the team has been told.
sequel-raised = { $ref } was closed too long ago to open it again, so I have made a new ticket that refers to it.
sequel-there = There is a new ticket already that follows on from { $ref }.
raised-receipt-elsewhere = Noted as a ticket. The receipt is in our direct messages.
raised-no-address = Noted as a ticket. Write to me directly once, and I can send you the receipt and the news.
raise-how = Just tell me what is wrong or what you need, in one message.
draft-raised = Made a ticket of it.
draft-used = That is a ticket already.
words-kept = Your words are not lost: one tap makes a ticket of them.
thanks-back = You are welcome.
rated-well = Thank you, glad to hear it.
rated-middling = Thank you. If something was missing, tell me in a sentence.
rated-badly = Sorry. The team lead will look into it.
greeting-title = Hello { $name }
greeting-lead = I am the IT service desk. Write what is wrong or what you need; you get a ticket at once.
empty-lead = I got a message without words. Tell me in a sentence what is wrong or what you need.
example-1 = “VPN drops every few minutes since this morning”
example-2 = “I need access to the sales folder by Thursday”
example-3 = “How do I book a meeting room?”
help-title = What you can say to me
help-lead = Just write what is wrong or what you need. Besides, I understand:
help-raise = report: … / request: … — a ticket that is certainly one or the other
help-mine = my tickets — what is open
help-status = status #42, or only #42 — one ticket; #42 and words adds them to it
help-why = why #42 — how its times are worked out
help-nudge = nudge #42 — tell the team that you are waiting
help-cancel = cancel #42 — no longer needed
help-reopen = reopen #42 — still broken
help-language = 中文 / English — the language I speak with you
help-queue = queue — what is open in your team
help-on-call = on call — who is called first
help-work = ack #42, take #42, start #42, resolve #42 what was done
language-chosen = All right, English it is.
mine-none = You have no open tickets.
mine-none-lead = If something is wrong, just write it here.
mine-title = { $count ->
    [one] You have one open ticket
   *[other] You have { $count } open tickets
}
which-one = Which one do you mean? Please add its number.
stands-one = { $ref } is { $status }, held by { $holder }.
stands-several = { $count ->
    [one] You have one open ticket
   *[other] You have { $count } open tickets
}
stands-several-lead = This is where they stand.
stands-none-open = Nothing of yours is open.
stands-last = The last one was { $ref }: { $status }.
queue-title = { $team }: { $count } open
queue-none = { $team }: nothing is open.
queue-more = The first of many, the most urgent first.
list-hint = Write a number, for example #42, to see one.
line-due = due { $due }
line-overdue = overdue since { $due }
on-call-title = On call now
on-call-nobody = nobody
apology-title = Something broke on my side. Sorry.
apology-lead = Nothing was changed. Please try once more; if it happens again, show this number to the desk’s operator.
apology-key = Number: { $key }

### Refusals

refusal-not_found = There is no such ticket, or it is not for you to see.
refusal-not_allowed = { $ref ->
    [blank] That is not yours to do.
   *[other] That is not yours to do on { $ref }.
}
refusal-not_from_here = { $ref } is { $status }, so that is not possible now.
refusal-already_done = { $by } was first: that is done already ({ $ref }).
refusal-already_done_you = You have done that already ({ $ref }).
refusal-too_late = { $ref } was closed too long ago to open it again. Please write what is wrong now.
refusal-missing = Something is missing: { $what }.
refusal-unknown = I do not know this { $what }: { $value }
refusal-empty = There are no words in it.
refusal-refused = That is not possible.
refusal-now = { $gist } — { $status }, held by { $holder }.
field-why = the reason
field-solution = what was done
field-words = the message
field-kind = kind
field-service = service
field-priority = priority
field-level = level
field-to = who takes it
field-holder = person in this team
field-stars = rating
field-wait = reason to wait
field-for = what it waits for
field-until = until when (a moment to come)
field-button = button
field-language = language

### Bundles and the digest

bundle-title = News of { $tickets ->
    [one] one ticket
   *[other] { $tickets } tickets
}
bundle-lead = So much happened at once that it is on one card, the most urgent first.
bundle-line = { $line } — { $news }
news-warning = { $clock } due by { $due }
news-breach = { $clock } overdue since { $due }
news-reply_back = { $requester } writes: “{ $words }”
news-nobody = nobody is on level { $level }
news-channel_call = somebody must acknowledge (level { $level })
news-nudged = { $requester } asks where it stands
news-late = { $news } ({ $late })
news-team_card = raised by { $requester }
digest-title = { $team }, { $day }
digest-summary = { $team }: { $open } open, { $late } late
digest-nothing = { $span }: nothing to report. Nothing came in and nothing is open.
digest-lead = { $span }: { $raised } raised, { $done } done, { $cancelled } cancelled.
digest-due = { $due ->
    [one] One ticket is due by the end of the next working day:
   *[other] { $due } tickets are due by the end of the next working day:
}
digest-due-none = Nothing falls due before the end of the next working day.
digest-open = { $count } open, the oldest { $ref } for { $age }
digest-promises = { $clock } { $count }
digest-ratings = { $mean } of 5 ({ $count ->
    [one] one rating
   *[other] { $count } ratings
})
digest-dead-letters = { $count ->
    [one] one message could not be delivered
   *[other] { $count } messages could not be delivered
}
digest-holidays = the holidays of { $year } are missing for the calendar { $calendars }; deadlines in { $year } are provisional
digest-seal = Seal of the record: { $seal }

# --- people on call --------------------------------------------------------------------------------------------------

do-ack_30 = Acknowledge for 30 min
do-pass_on = Not me
do-keep_on = Still on it
do-add_responder = Add a responder…
do-call_up = Call the lead…
do-hand_over = Hand to another team…
do-drill = The page has reached me
form-add_responder = Call somebody to help with { $ref }
submit-add_responder = Call
form-call_up = Call the lead for { $ref }
submit-call_up = Call
form-hand_over = Hand { $ref } to another team
submit-hand_over = Hand over
ask-team = Team
kind-drill = Drill
still-title = { $ref }: are you still on it?
still-lead = { $gist } — no sign of work for a while. Without an answer by { $at } others are called again.
lapsed-title = { $ref }: people are called again
lapsed-promise = { $person } acknowledged it for a time that has passed without a sign of work.
lapsed-forgotten = { $person } acknowledged it and did not answer whether they are still on it.
lapsed-danger = A promise is in danger, and { $person } had it in hand.
summoned-summary = { $priority } { $ref } needs you: { $gist }
summoned-by-promise = You are called because a promise of this ticket is in danger.
summoned-to-help = { $by } asks you to help.
summoned-why = { $by } asks for you: “{ $why }”.
not-reached-title = { $ref }: { $person } could not be reached
not-reached-lead = No message went through; the next one is called at once.
nobody-reached-title = { $ref }: I could not reach anybody yet
nobody-reached-lead = { $gist } — your ticket is recorded and I keep trying. If it cannot wait, please call somebody yourself.
drill-title = DRILL { $ref }: nothing is wrong
drill-lead = A test of whether pages for { $team } reach whoever is on call. One tap is all it needs.
drill-passed = { $person } answered after { $took }. Thank you.
drill-failed = Nobody answered within { $took }.
drill-failed-title = Drill of { $team }: nobody answered
drill-failed-lead = Called: { $people }. Please find out why, before a real page goes the same way.
refusal-not_called = Only somebody who was called for { $ref } can pass it on.
refusal-too_soon = Somebody was called for { $ref } less than 15 minutes ago. Please give them a moment.

### One person, several platforms

an-account = { $platform } { $name }
link-code = Your code: { $code }
link-code-lead = In the other chat, write to me there: link { $code }
link-code-footer = It works once and for 10 minutes. Whoever has it can act in your name: tell it to nobody but me.
link-code-summary = Your code is here
link-lost = That code was lost on its way
link-lost-lead = I was restarted before I could tell it. Please write “link” once more.
link-privately = Please write that in our direct conversation, where nobody else reads along.
link-overheard = Others can read this, so that code does not count any more.
link-overheard-lead = Please ask for a new one, and say it to me in our direct conversation.
link-wrong = That code does not count.
link-wrong-lead = It works once, for 10 minutes, and only the newest. Write “link” in the chat where you are known already for another.
link-taken = This account belongs to { $name } already.
link-taken-lead = Nothing was changed. Whoever looks after the desk can move it.
link-done = This is you, { $name }.
link-done-lead = From now on I know you here, too, with everything that is yours. What you raised here before stays with you.
link-told = { $account } is now linked to you.
link-told-lead = Whoever writes from there acts in your name. If that was not you, unlink it at once.
do-unlink = Unlink { $account }
unlink-which = Which account is not yours any more?
unlink-none = There is no account that I could unlink.
unlink-none-lead = “link” gives you a code that joins another one to this one.
unlink-done = { $account } is not linked to you any more.
unlink-done-lead = Whoever writes from there is a stranger to me now.
unlink-told = This account is not linked to anybody any more.
unlink-told-lead = I still listen here; write “link” in the other chat to join them again.
help-link = link — one account here and in another chat
refusal-locked_out = Those were too many wrong codes. You can try again at { $at }.
field-account = account
field-responder = person to call
field-team = team
field-lead = lead or manager

### Calendars that live elsewhere

feed-title = The shifts of { $rota } stand still
feed-lead = Their calendar has not come since { $since }. What it said last holds on, but I see no change in it.
feed-why-unreachable = It cannot be reached.
feed-why-refused = Its address leads to a place that I do not go to: inside your network, or to another host.
feed-why-status = It is there, but is not handed out. Has its address changed?
feed-why-too_big = It is larger than 2 MiB.
feed-why-no_calendar = What comes instead is no calendar, for example a page to sign in.
feed-footer = Please look at the address in rotas.yaml. I remind you once a day.

### Who is on call, covers and swaps

a-fact = { $label }: { $value }
on-call-title-at = On call { $at }
on-call-title-between = On call { $time }
duty-day-and-hours = { $day }, { $hours }
duty-over-days = { $since } { $opens } – { $until } { $closes } ({ $offset })
duty-place = { $team } · { $place }
duty-rota = { $name }:
duty-rota-of = { $team } ({ $rota })
duty-line = { $time }: { $who }
duty-always = { $who } (always)
duty-until = { $who } until { $until }
duty-then = { $line }, then { $next }
duty-cover = { $who } (cover)
duty-cover-of = { $who } for { $whom }
duty-unclear-lead = Try “who is on call tomorrow 18:00” or “who is on call for the network on Friday”.
do-on_call = Who is on call?
shifts-title = { $count ->
    [one] You have one shift in the next 30 days
   *[other] You have { $count } shifts in the next 30 days
}
shifts-none = You have no shift in the next 30 days.
shift-line = { $time } · { $rota }
shift-given = { $time } · { $person } stands in for you
shift-asked = { $time } · { $person } has been asked and has not answered
do-shifts = My shifts
do-cover_shift = Cover for { $day }…
cover-no-rota = You take turns on no rota, so there is nothing to cover or swap.
cover-who-is = I know nobody called “{ $name }” whom you could ask.
cover-who-is-lead = Say the name as it stands in “who is on call”, or leave it out and choose from a list.
cover-which-of-them = Several people are called that. Please write the whole name.
cover-not-on-call-you = You are not on call then.
cover-not-on-call = { $person } is not on call then.
cover-next-shifts = The next shifts:
cover-no-shifts = Nor at any time in the next 30 days.
cover-whom = Who could be on call for you { $time }?
cover-ask = Shall I ask { $person } to be on call for you?
cover-offer = Shall I offer { $person } that you are on call for them?
cover-swap = Shall I ask { $person } to swap with you?
cover-ask-lead = { $rota }. Nothing changes before the other one agrees.
cover-put = Shall I put { $person } on call?
cover-put-lead = { $rota }. You decide for this rota, so it holds at once, and everybody is told.
do-cover_put = Yes, do it
cover-in-return = What do you take from { $person } in return?
do-nothing-in-return = Nothing in return
do-cover_ask = Ask { $person }
do-cover_yes = Agree
do-cover_no = Decline
do-cover_undo = Take it back
cover-has-been-asked = I have asked { $person }.
cover-until-then = Until they agree everything stays as it is. I will tell you.
cover-at-once = Done: { $person } is on call then.
cover-asked-you = { $by } asks you to be on call instead
cover-offered-you = { $by } offers to be on call instead of you
cover-swap-you = { $by } asks you to swap shifts
cover-asked-lead = Nothing changes unless you agree, and { $by } hears either way.
cover-is-agreed = Agreed: { $person } is on call then
cover-is-declined = { $by } has declined
cover-is-withdrawn = { $by } has taken it back
cover-is-ended = { $by } has ended it: { $person } is not on call for it any more
cover-stays = It stays as it was. Somebody else can be asked.
cover-holds = On call: { $person } instead of { $whom }
cover-holds-no-more = On call again as before: { $whom }, not { $person }
cover-you-agreed = Thank you. It holds from now on, and everybody has been told.
cover-you-declined = All right, they have been told.
cover-you-withdrew = Taken back, and everybody has been told.
label-rota = Rota
label-when = When
label-in-return = In return
label-clock-of = For { $name } that is
label-from = You take over from
label-to = You hand over to
label-until = Until
handover-you-come = You are on call now: { $place }
handover-you-go = You are not on call any more: { $place }
handover-open = { $who } still { $count ->
    [one] holds one open ticket
   *[other] holds { $count } open tickets
}.
handover-open-yours = You still { $count ->
    [one] hold one open ticket
   *[other] hold { $count } open tickets
}. Hand over what cannot wait.
handover-nothing-open = Nothing open is handed over.
help-cover = my shifts, cover me Friday 18-22, swap Friday with James
refusal-not_on_call_then = { $people } is not on call then, so nobody can stand in.
refusal-already_on_call = { $people } is on call then anyway.
refusal-not_on_that_rota = { $people } takes no turns there.
refusal-several_on_call = Several are on call then: { $people }. Please say instead of whom.
refusal-cover_in_the_past = That time is over.
refusal-ends_before_it_starts = That ends before it begins.
refusal-cover_too_long = A cover lasts { $days } days at most. For longer the rota itself should change.
refusal-not_yours = That is for those whom it concerns, or for the lead.
refusal-cover-agreed = That has been agreed to already, by { $by }.
refusal-cover-declined = That has been declined already, by { $by }.
refusal-cover-withdrawn = That was taken back, by { $by }.

### Shifts in one's own calendar

own-shifts-name = { $person } on call
own-shifts-event = On call: { $rota }

### Pages in short, floods, and what is private

page-again = You are called again: nobody has it. Open since { $since }.
page-again-count = You are called again (call { $count }): nobody has it. Open since { $since }.
page-private = A private ticket needs you
page-private-lead = Please look into our direct conversation.
page-private-stranger = You cannot see it, but nobody who can has answered. Please get hold of somebody who looks after private tickets.
page-private-over = The private ticket does not need you any more
private-service = private
flood-title = { $count ->
    [one] One ticket needs you
   *[other] { $count } tickets need you
}
flood-over = All of these have been taken care of
flood-service = { $service } { $count }
do-acknowledge-one = Acknowledge { $ref }
do-take_over = Take over…
sure-take_over = { $holder } holds { $ref }. Take it over all the same?
sure-take_over-yes = Take over
sure-take_over-no = Leave it

### What a simulation would tell

play-title = { $kind } { $priority } ({ $cell }) about { $service }, for the team { $team }
play-raised = Raised { $at }. Nobody acts, and nothing is written.
play-promised = What is promised:
play-nothing = nothing
play-promise = { $clock }: { $within } on { $calendar }; warns { $warns }, due { $due }
play-paused = with the pause: due { $due }
play-passes-over = passes over { $days }
play-holiday = { $weekday } { $day } ({ $row })
play-provisional = provisional: the holidays of { $years } are not published yet
play-days = { $days ->
    [one] 1 working day
   *[other] { $days } working days
}
play-never = never
play-told = Who is told:
play-line = { $who }: { $what }
play-by = { $who } ({ $address })
play-channel = the channel of { $team }
play-requester = the requester
play-call = level { $level }, call { $round }, because nobody has taken it
play-next-way = level { $level }, the next way, because nobody has taken it
play-last-resort = the last resort, call { $round }, because nobody else is left
play-passed = level { $level } is passed over: it is only { $only }
play-only-for = for { $what }
play-only-inside = while { $calendar } is open
play-only-outside = while { $calendar } is closed
play-empty = level { $level } is empty, so the next one is called at once
play-nobody = nobody could be reached; it is tried on and on
play-at-risk = { $clock } at risk, because it is due { $due }
play-overdue = { $clock } overdue, because it was due { $due }
play-besides = called besides, because { $clock } is { $moment ->
    [broken] overdue
   *[warned] at risk
}
play-handed = the ticket, because it was handed to { $team }
play-lapsed = others are called again
play-still = the question whether they are still on it
play-held = it waited for the opening
play-receipt = the receipt, because it was raised
play-card = the ticket, because it was raised
play-question = a question; the clocks that may pause stand from now on
play-answer = the answer; the clocks run again
play-more = ... and { $count } more calls of the last level until then
play-nobody-called = No policy is set for this priority, so nobody is called.
play-undelivered = If a call does not get through:
play-unsent = not sent after { $after }, it goes by the next way of that person at once
play-unreached = without another way, the next level is called at once
play-resort = after the last level: { $who }
play-stopped = Stopped after { $steps } steps, { $at }; use --hours to see less.
play-until = Seen until { $at }.
do-escalate = Call the lead…
form-escalate = Call the lead for { $ref }
submit-escalate = Call
escalated = Somebody above the team is being called now.
