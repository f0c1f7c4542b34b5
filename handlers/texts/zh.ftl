# 服务台说的每一句中文。键名说的是意思；这里改一处，en.ftl 也要改一处。

### 连接

list-comma = 、
list-semicolon = ；
list-sentence = { "" }
list-then = { "，再到 " }
a-quotation = “{ $words }”
a-heading = { $ref } · { $gist }
and-more = ……还有 { $more } 单
none = 无
nobody = 还没有人
somebody = 有人
the-desk = 服务台
the-channel = 团队群
whoever-is-left = 团队里其余的人
myself = { $name }（我）
private-words = （保密工单，请在私聊中查看）
cut-off = ……［后面还有 { $left } 个字，已全部存入工单］

### 时间

# 日期格式用 CLDR 的写法；第二个用于不在今年的日期。
date-pattern = yyyy-MM-dd
date-pattern-of-year = yyyy-MM-dd
a-day = { $date }（{ $weekday }）
a-moment = { $date }（{ $weekday }）{ $time }（{ $offset }）
a-noted-weekday = { $weekday }，{ $note }
a-span = { $since }–{ $until }（{ $offset }）
a-long-span = { $since } 至 { $until }
a-provisional = { $moment }，暂定：{ $year } 年节假日尚未公布
make-up-day = 补班
for-a-moment = 不到 1 分钟
for-minutes = { $minutes } 分
for-hours = { $hours } 小时
for-hours-minutes = { $hours } 小时 { $minutes } 分
for-days = { $days } 天
for-days-hours = { $days } 天 { $hours } 小时
left-of-working-time = 剩余 { $length }（工作时间）
left-around-the-clock = 剩余 { $length }
as-of = 截至 { $at }

### 工单

kind-incident = 故障
kind-request = 服务申请
level-high = 高
level-medium = 中
level-low = 低
priority-P1 = 特急
priority-P2 = 紧急
priority-P3 = 一般
priority-P4 = 较低
a-priority = { $priority } { $meaning }
a-cell = 影响{ $impact } × 紧急{ $urgency }
a-priority-from-cell = { $priority } = { $cell }
a-priority-overruled = { $priority }，由 { $by } 指定：{ $why }（按矩阵应为 { $matrix }：{ $cell }）
a-reading-because = { $what }（您写了{ $words }）
a-reading-heard = { $what }（原话{ $words }）
status-new = 待受理
status-accepted = 已受理
status-in_progress = 处理中
status-waiting_requester = 待用户回复
status-waiting_you = 待您回复
status-waiting_supplier = 待供应商
status-waiting_approval = 待审批
status-scheduled = 已排期
status-until = { $status }，到 { $at }
status-resolved = 已解决
status-fulfilled = 已办妥
status-closed = 已关闭
status-cancelled = 已撤单

label-status = 状态
label-kind = 类型
label-service = 服务
label-priority = 优先级
label-holder = 处理人
label-requester = 报单人
label-rating = 评价
label-sequel = 接续工单
label-solution = 解决办法
label-doubt = 判断
label-kept = 按时兑现
label-broken = 超时
label-ratings = 评价
label-on-call = 当前值班
label-downtime = 服务台停机
label-dead-letters = 未送达
label-holidays = 节假日

### 时限

clock-response = 首次响应
clock-update = 进展通报
clock-resolution = 解决
clock-keep_in_loop = 答复用户留言
clock-running = { $due }前 · { $left }
clock-resting = { $note } · 非工作时间，{ $until }起继续计时
clock-overdue = 已超时，原定 { $due }前
clock-kept = 按时，{ $done }
clock-late = 超时，{ $done }完成，原定 { $due }前
clock-paused = 已暂停，{ $left }
clock-paused-until = 已暂停，{ $left }；{ $until }
restart-waiting_you = 等您回复，您一回复就继续计时
restart-waiting_requester = 用户回复后继续计时
restart-waiting_supplier = 供应商办好后继续计时
restart-waiting_approval = 批准后继续计时
restart-scheduled = 到约定时间开工后继续计时

### 时限怎么算的

why-title = { $ref } 的时限是这样算的
why-lead = 您可以自己加一遍：只有下列各行的时间计入，每行的累计等于上一行的累计加本行。
why-nothing = { $ref } 没有承诺时限，不计时。
why-which = 您问的是哪一单的时限？
why-head = ■ { $clock }：{ $budget }
why-head-again = ■ { $clock }（第 { $cycle } 次）：{ $budget }
why-budget = 工作时间 { $length }
why-budget-around-the-clock = 全天候 { $length }
why-budget-days = { $days } 个工作日，到最后一天下班为止
why-budget-days-same-time = { $days } 个工作日，到最后一天的同一时刻为止
why-terms = 依据：协议 { $agreement } 对{ $kind } { $priority } 的承诺
why-terms-changed = 依据：协议 { $agreement } 对{ $kind } { $priority } 的承诺，自 { $at }起适用，从头重新计算
why-terms-other = 依据：{ $terms }
why-calendar = 日历 { $calendar }：{ $zone } 的工作时间，以下都是该时区的时间
why-around-the-clock = 日历 { $calendar }：每个小时都计入，以下是 { $zone } 的时间
why-runs = { $number }. { $since }至 { $until }计时：{ $cause }
why-stands = { $number }. { $since }至 { $until }暂停：{ $cause }，不计入
why-row = · { $day }{ $row }：{ $opens }–{ $closes } = { $length }，累计 { $total }
why-row-around-the-clock = · { $length }，累计 { $total }
why-weekly = 平日 { $window }
why-special = 当天特定时间 { $window }
why-make-up = 补班 { $window }
why-shut = · { $day }：放假，不计入
why-shut-days = · { $first }至 { $last }：放假，不计入
why-outside = · 都在工作时间之外，不计入
why-left-out = ……此处省略 { $count } 行，在命令行用 `deskbell why { $ref }` 可看全部
why-used = 已用：{ $used }
why-left = 剩余：{ $budget } − { $used } = { $left }，卡片上写的是“{ $shown }”
why-late-by = 超出：{ $used } − { $budget } = { $over }
why-ahead = 到期之前还有：
why-ahead-then = 从那时到原定期限还有：
why-kept = { $at }完成，按时。
why-missed = { $at }完成，超时。
why-stopped = { $at }不再计时，不作判定。
why-due = 到期：{ $opens } + { $needed } = { $due }，此时 { $budget }全部用完
why-due-plain = 到期：{ $due }
why-due-here = 按您的时区是 { $due }
why-due-none = 暂停期间没有到期时间，恢复后从剩余的时间接着算。
why-days = 依次数到的工作日：{ $days }，从开始到 { $until }共有工作时间 { $budget }
why-due-moved = 暂停占用的工作时间是 { $lost }：{ $named }顺延到 { $due }
why-judged-then = 办结时按当时的规则判定，不再改动：已用 { $used }，到期 { $due }
why-broken-since = 自 { $at }起算超时，因为这一承诺从那时才适用。
why-broken-before = 按当时的承诺，已于 { $at }超时，不因后来放宽而取消。
why-cause-create = 报单
why-cause-terms = 优先级或服务变更
why-cause-first_response = 有人受理
why-cause-agent_reply = 服务台已回复
why-cause-customer_message = 用户留言
why-cause-pause = 挂起
why-cause-waiting_requester = 等用户回复
why-cause-waiting_supplier = 等供应商
why-cause-waiting_approval = 等审批
why-cause-scheduled = 已排期
why-cause-answered = 用户已回复
why-cause-resume = 继续处理
why-cause-resolve = 已办结
why-cause-close = 已关闭
why-cause-cancel = 已撤单
why-cause-reopen = 重开
exact-hours = { $count } 小时
exact-minutes = { $count } 分
exact-seconds = { $count } 秒
exact-length = { $length }（{ $seconds } 秒）
exact-joint = { " " }

### 回执

receipt-summary = { $ref } { $status }：{ $gist }
receipt-new = 已登记，{ $team } 已经看到。
receipt-called = 已登记，正在呼叫 { $team }。
receipt-assigned = 已登记，交给 { $holder } 了。
receipt-accepted = { $holder } 已受理。
receipt-in_progress = { $holder } 正在处理。
receipt-again = 已重开，{ $team } 已收到通知。
receipt-waiting_requester = 现在等您：{ $holder } 需要您回复才能继续。
receipt-waiting_supplier = { $holder } 在等供应商，时限照常计算。
receipt-waiting_approval = { $holder } 在等审批。
receipt-scheduled = { $holder } 已排好时间。
receipt-resolved = 应该好了，您试试？
receipt-fulfilled = 已经办妥，您看看对不对？
receipt-closed = 已关闭。要是又出问题，直接告诉我。
receipt-cancelled = 已撤单。要是还需要，直接告诉我。
receipt-late = 这单已超时，团队和主管都知道了。
receipt-proposal = 我是这样理解的，不对的话点一下就能改。
receipt-unsure = 我拿不准，请您点一下：是哪一种？
receipt-what-for = “{ $words }”
holder-none = 还没有人（{ $team }）

### 团队卡片与呼叫

team-title = { $priority } · { $heading }
team-summary = { $priority } { $ref } { $status }：{ $gist }
crew-new = 还没有人受理。
crew-assigned = 已派给 { $holder }，尚未受理。
crew-accepted = { $holder } 已受理。
crew-in_progress = { $holder } 正在处理。
crew-again = 已重开，还没有人受理。
crew-waiting_requester = 等 { $requester } 回复，计时已暂停。
crew-waiting_supplier = 等供应商，时限照常计算。
crew-waiting_approval = 等审批，计时已暂停。
crew-scheduled = 已排期，计时已暂停。
crew-resolved = { $holder } 已解决。
crew-fulfilled = { $holder } 已办妥。
crew-closed = 已关闭。
crew-cancelled = 已撤单。
crew-what-for = “{ $words }”
doubt-unconfirmed = 系统推测，{ $requester } 尚未确认
first-call = 如无人受理，{ $at }呼叫 { $who }。
next-call = 如仍无人受理，{ $at }呼叫 { $who }。
page-lead = 正在呼叫您（第 { $level } 级，第 { $round } 次）。点“受理”即停止呼叫。
page-missed = 服务台停机期间，第 { $levels } 级未能呼叫。
page-summary = { $priority } { $ref }：{ $gist }，请受理
nobody-title = { $ref }：第 { $level } 级没有人
nobody-lead = 升级流程的这一级是空的，已立即呼叫下一级。请补上值班表。
assigned-lead = { $by } 把这单交给您了。
assigned-summary = { $by } 把 { $ref } 交给您了：{ $gist }
more-lead = { $status }。您要做什么？

### 快到时限与超时

warning-title = { $ref } 的{ $clock }快到时限：{ $due }
warning-lead = “{ $gist }”，{ $left }。处理人：{ $holder }。
breach-title = { $ref } 的{ $clock }已超时
breach-lead = “{ $gist }”，原定 { $due }前。处理人：{ $holder }。
breach-lead-reclassified = “{ $gist }”，因优先级或服务变更，自 { $due }起算超时。处理人：{ $holder }。
late = 这条通知晚了 { $by }。
late-down = 这条通知晚了 { $by }：服务台 { $span }停机。

### 往来

question-title = { $ref }：{ $by } 有个问题问您
question-lead = 关于“{ $gist }”，现在等您回复，您一回复就继续计时。
question-over = 关于“{ $gist }”，已不需要您回复（{ $status }）。
reply-title = { $ref }：{ $by } 的回复
reply-back-title = { $ref }：{ $by } 的留言
reopened-title = { $ref } 已由 { $by } 重开
time-come-title = { $ref }：约定的时间到了
time-come-lead = “{ $gist }”，之前{ $was }，现在继续计时。
nudged-title = { $ref }：{ $requester } 催单
nudged-lead = “{ $gist }”，{ $status }，处理人：{ $holder }。优先级不变。
low-rating-title = { $ref }：{ $requester } 给了 { $stars }

### 办结

done-title-incident = { $ref } 已解决 · { $gist }
done-title-request = { $ref } 已办妥 · { $gist }
done-summary = { $ref } 已完成，请试试看：{ $gist }
done-asks-incident = { $by } 说已经修好。能用了吗？请打分，5 分最好。
done-asks-request = { $by } 说已经办好。满意吗？请打分，5 分最好。
done-rated = 您打了 { $stars }，谢谢。
done-closed = 已关闭。
done-open-again = 已重开，{ $holder } 在处理。

### 按钮

do-right = 没错
do-it-is-incident = 是故障
do-it-is-request = 是申请
do-more-urgent = 更急
do-less-urgent = 没那么急
do-service = 换个服务…
do-not-a-ticket = 不用建单
do-drop = 不需要了
do-answer = 回复
do-add = 补充说明
do-nudge = 催单
do-rate = { $stars } ★
do-reopen = 还没好
do-open-again = 重开
do-acknowledge = 受理
do-start = 开始处理
do-go-on = 继续处理
do-say = 回复用户
do-ask = 询问用户
do-wait = 挂起…
do-until = 对，就这么定
do-change = 改一下…
do-resolve = 解决
do-take = 我来处理
do-assign = 转派…
do-more = 更多…
do-why = 时限怎么算的？
do-regrade = 影响与紧急度…
do-overrule = 指定优先级…
do-note = 内部备注
do-cancel = 撤单…
do-show = 查看工单
do-mine = 我的工单
do-queue = 查看队列
do-help = 我能说什么？
do-draft = 还是建个工单
do-draft-new = 不是，这是新问题
do-language-en = Speak English
do-language-zh = 说中文
sure-drop = 要撤掉 { $ref } 吗？撤单后就没有人处理了。
sure-yes = 撤掉
sure-no = 留着

### 表单

form-answer = 回复 { $ref }
form-say = 回复 { $ref }
form-note = { $ref } 备注
form-ask = 就 { $ref } 询问用户
form-wait = 挂起 { $ref }
form-resolve = 解决 { $ref }
form-assign = 转派 { $ref }
form-regrade = { $ref } 分类
form-overrule = { $ref } 优先级
form-cancel = 撤销 { $ref }
form-service = { $ref } 所属服务
submit-answer = 发送
submit-say = 发送
submit-note = 保存
submit-ask = 发送
submit-wait = 挂起
submit-resolve = 解决
submit-assign = 转派
submit-regrade = 保存
submit-overrule = 保存
submit-cancel = 撤单
submit-service = 保存
ask-words = 内容
hint-words = 对方会看到。
ask-note = 给团队的备注
hint-note = 用户看不到。
ask-question = 想问什么？
hint-question = 用户回复之前暂停计时。
ask-why = 具体等什么？
hint-why = 例如快递单号、审批人、约定日期。
ask-until = 直到什么时候？（可不填）
hint-until = 例如“明天下午3点”“周五下班前”“两小时后”，按您的时区。
ask-reason = 原因
hint-reason = 原因和您的名字会一起留档。
ask-solution = 做了什么？
hint-solution = 用户会看到。
ask-for = 等什么
ask-to = 交给谁？
ask-impact = 影响度：多少人受影响？
ask-urgency = 紧急度：多快会耽误事？
ask-kind = 类型
ask-service = 服务
ask-priority = 优先级
wait-for-wait_supplier = 供应商（时限照常计算）
wait-for-wait_approval = 审批
wait-for-schedule = 约定的时间
back-to-matrix = { $priority }，按矩阵

### 答复

passed-on = 已转告 { $to }（{ $ref }）。
passed-on-done = 已补充到 { $ref }。这单目前算已完成。
noted = 已记入 { $ref }，只有团队能看到。
until-understood = 我的理解是 { $at }，对吗？
until-heard = 您写的是“{ $words }”。确认后才算数。
until-guessed = 您写的是“{ $words }”，其中有我猜的，请看仔细。确认后才算数。
until-unclear = “{ $words }”我看不出是将来的哪个时间。
until-unclear-lead = 还没有改动。可以写“明天下午3点”或“2027-01-15 10:00”。
waits-until = { $ref } 挂起到 { $at }，到时我会通知处理人。
taken-as-answer = 已作为您对 { $ref } 的回复，{ $holder } 收到了。
taken-as-answer-lead = 已继续计时。
nudged-answer = 已提醒 { $holder }：您在等 { $ref }。
nudged-answer-lead = 团队已知道您在等。优先级不变。
reopened-answer = 抱歉。{ $ref } 已重开，团队已收到通知。
sequel-raised = { $ref } 关闭太久，不能重开了。我新建了一单，并关联到它。
sequel-there = { $ref } 已经有后续工单了。
raised-receipt-elsewhere = 已建单，回执在我们的私聊里。
raised-no-address = 已建单。请先私聊我一次，我才能把回执和进展发给您。
raise-how = 一句话告诉我哪里坏了，或者需要什么。
draft-raised = 已建单。
draft-used = 这段话已经建过单了。
words-kept = 您写的话没有丢，点一下就能建单。
thanks-back = 不客气。
rated-well = 谢谢，能帮上忙就好。
rated-middling = 谢谢。哪里不够好，欢迎告诉我一句。
rated-badly = 很抱歉。团队主管会了解情况。
greeting-title = { $name }，您好
greeting-lead = 我是 IT 服务台。直接写哪里坏了、需要什么，马上就有工单。
empty-lead = 刚才那条消息没有文字。请用一句话说说哪里坏了，或者需要什么。
example-1 = “VPN 从早上开始老是断”
example-2 = “周四之前需要销售共享文件夹的权限”
example-3 = “会议室怎么预订？”
help-title = 您可以这样跟我说
help-lead = 直接写哪里坏了、需要什么就行。另外我还听得懂：
help-raise = 报修：…… / 申请：……　明确建故障单或申请单
help-mine = 我的工单　看还没办完的
help-status = 查询 #42，或只写 #42　看一单；#42 后面加文字就是补充说明
help-why = 怎么算的 #42　时限是怎么算出来的
help-nudge = 催单 #42　告诉团队您在等
help-cancel = 撤单 #42　不需要了
help-reopen = 重开 #42　还没好
help-language = 中文 / English　我跟您说哪种语言
help-queue = 队列　您团队还没办完的
help-on-call = 值班　先呼叫谁
help-work = 受理 #42、接单 #42、开始处理 #42、解决 #42 做了什么
language-chosen = 好的，以后说中文。
mine-none = 您没有未办完的工单。
mine-none-lead = 有什么问题，直接在这里写就行。
mine-title = 您有 { $count } 单未办完
which-one = 您说的是哪一单？请带上单号。
stands-one = { $ref } { $status }，处理人：{ $holder }。
stands-several = 您有 { $count } 单未办完
stands-several-lead = 目前的情况：
stands-none-open = 您没有未办完的工单。
stands-last = 最近一单是 { $ref }：{ $status }。
queue-title = { $team }：{ $count } 单未办完
queue-none = { $team }：没有未办完的工单。
queue-more = 只列出最急的一部分。
list-hint = 写单号（例如 #42）可以看一单。
line-due = { $due }前
line-overdue = 已超时，原定 { $due }
on-call-title = 当前值班
on-call-nobody = 无人值班
apology-title = 抱歉，我这边出错了。
apology-lead = 什么都没有改动。请再试一次；如果还是这样，请把下面的编号告诉服务台管理员。
apology-key = 编号：{ $key }

### 不行的时候

refusal-not_found = 没有这张工单，或者您无权查看。
refusal-not_allowed = { $ref ->
    [blank] 这个操作不归您做。
   *[other] { $ref } 的这个操作不归您做。
}
refusal-not_from_here = { $ref } 现在是“{ $status }”，不能这样操作。
refusal-already_done = { $by } 已经先做了（{ $ref }）。
refusal-already_done_you = 您已经做过了（{ $ref }）。
refusal-too_late = { $ref } 关闭太久，不能重开了。请直接写现在的问题。
refusal-missing = 还缺一项：{ $what }。
refusal-unknown = 没有这个{ $what }：{ $value }
refusal-empty = 里面没有文字。
refusal-refused = 这个不行。
refusal-now = “{ $gist }”，{ $status }，处理人：{ $holder }。
field-why = 原因
field-solution = 做了什么
field-words = 内容
field-kind = 类型
field-service = 服务
field-priority = 优先级
field-level = 等级
field-to = 交给谁
field-holder = 团队成员
field-stars = 评分
field-wait = 挂起原因
field-for = 等什么
field-until = 直到什么时候（要将来的时间）
field-button = 按钮
field-language = 语言

### 合并通知与日报

bundle-title = { $tickets } 张工单有新情况
bundle-lead = 同时发生的事较多，合在一张卡片上，最急的在前。
bundle-line = { $line }　{ $news }
news-warning = { $clock }快到时限：{ $due }
news-breach = { $clock }已超时，原定 { $due }
news-reply_back = { $requester } 留言：“{ $words }”
news-nobody = 第 { $level } 级没有人
news-channel_call = 需要有人受理（第 { $level } 级）
news-nudged = { $requester } 催单
news-late = { $news }（{ $late }）
news-team_card = { $requester } 报单
digest-title = { $team } 日报 { $day }
digest-summary = { $team }：未办完 { $open } 单，超时 { $late } 项
digest-nothing = { $span }：无事可报。没有新单，也没有未办完的单。
digest-lead = { $span }：新增 { $raised } 单，办结 { $done } 单，撤单 { $cancelled } 单。
digest-due = 下一个工作日结束前到期的有 { $due } 单：
digest-due-none = 下一个工作日结束前没有到期的。
digest-open = 未办完 { $count } 单，最早的 { $ref } 已 { $age }
digest-promises = { $clock } { $count } 项
digest-ratings = { $mean } 分（满分 5 分，{ $count } 次评价）
digest-dead-letters = { $count } 条消息未能送达
digest-holidays = 日历 { $calendars } 还没有 { $year } 年的节假日，{ $year } 年的到期时间都是暂定的
digest-seal = 记录封印：{ $seal }

# --- 值班与呼叫 -------------------------------------------------------------------------------------------------------

do-ack_30 = 先受理 30 分钟
do-pass_on = 不是我
do-keep_on = 还在处理
do-add_responder = 叫人支援…
do-call_up = 呼叫主管…
do-hand_over = 转给其他团队…
do-drill = 我收到了
form-add_responder = 叫人支援 { $ref }
submit-add_responder = 呼叫
form-call_up = 为 { $ref } 呼叫主管
submit-call_up = 呼叫
form-hand_over = 把 { $ref } 转给其他团队
submit-hand_over = 转交
ask-team = 团队
kind-drill = 演练
still-title = { $ref }：还在处理吗？
still-lead = “{ $gist }”，有一阵没有动静了。{ $at }前没有回复，就会重新呼叫其他人。
lapsed-title = { $ref }：重新开始呼叫
lapsed-promise = { $person } 答应先处理一段时间，时间已到，没有进展。
lapsed-forgotten = { $person } 受理后没有动静，也没有回复是否还在处理。
lapsed-danger = 承诺的时间快保不住了，这单之前在 { $person } 手上。
summoned-summary = { $priority } { $ref } 需要您：{ $gist }
summoned-by-promise = 这张工单的承诺时间告急，所以呼叫您。
summoned-to-help = { $by } 请您来支援。
summoned-why = { $by } 请您过来：“{ $why }”。
not-reached-title = { $ref }：联系不上 { $person }
not-reached-lead = 消息都没有送达，马上呼叫下一位。
nobody-reached-title = { $ref }：暂时没有联系上任何人
nobody-reached-lead = “{ $gist }”，工单已经记下，我会继续呼叫。如果等不了，请您直接打电话找人。
drill-title = 演练 { $ref }：没有故障
drill-lead = 测试一下 { $team } 的值班呼叫能不能送到。点一下就行。
drill-passed = { $person } 用了 { $took } 回应，谢谢。
drill-failed = { $took } 内没有人回应。
drill-failed-title = { $team } 演练：没有人回应
drill-failed-lead = 已呼叫：{ $people }。请查明原因，别让真正的呼叫也这样落空。
refusal-not_called = 只有被呼叫到 { $ref } 的人才能转给下一位。
refusal-too_soon = 15 分钟内刚为 { $ref } 呼叫过，请稍等一下。

### 一个人，多个平台

an-account = { $platform } { $name }
link-code = 您的关联码：{ $code }
link-code-lead = 请到另一个聊天里对我说：关联账号 { $code }
link-code-footer = 只能用一次，10 分钟内有效。谁有它谁就能以您的名义操作，除了我不要告诉任何人。
link-code-summary = 您的关联码来了
link-lost = 关联码没能送到
link-lost-lead = 还没来得及告诉您，我就重启了。请再说一次“关联账号”。
link-privately = 请在我们的私聊里说，那里没有别人看到。
link-overheard = 这里别人也看得到，这个关联码已经作废。
link-overheard-lead = 请重新要一个，并在私聊里告诉我。
link-wrong = 这个关联码无效。
link-wrong-lead = 每个码只能用一次，10 分钟内有效，而且只认最新的。请在我已经认识您的聊天里说“关联账号”，再要一个。
link-taken = 这个账号已经是 { $name } 的了。
link-taken-lead = 什么都没有改动。如需调整，请找服务台管理员。
link-done = { $name }，认出您了。
link-done-lead = 以后您在这里也是同一个人。之前在这里报的工单仍归您。
link-told = { $account } 已关联到您。
link-told-lead = 以后从那里发来的消息都算您本人。如果不是您操作的，请马上解除。
do-unlink = 解除 { $account }
unlink-which = 哪个账号不再是您的？
unlink-none = 没有可以解除的账号。
unlink-none-lead = 说“关联账号”可以拿到关联码，把另一个平台的账号加进来。
unlink-done = 已解除与 { $account } 的关联。
unlink-done-lead = 以后从那里发来的消息不再算您本人。
unlink-told = 这个账号已不再关联到任何人。
unlink-told-lead = 我还在这里。想重新关联，请在另一个聊天里说“关联账号”。
help-link = 关联账号　把您在另一个平台的账号合成一个人
refusal-locked_out = 错误的关联码太多了，请 { $at } 之后再试。
field-account = 账号
field-responder = 要呼叫的人
field-team = 团队
field-lead = 主管或经理

### 外部日历

feed-title = “{ $rota }”的排班不再更新
feed-lead = 从 { $since } 起就读不到它的日历了。先按最后一次读到的排班执行，之后的变动我看不到。
feed-why-unreachable = 连接不上。
feed-why-refused = 地址指向内网或别的主机，我不会去访问。
feed-why-status = 服务器在，但不给日历。地址是不是换了？
feed-why-too_big = 文件超过 2 MiB。
feed-why-no_calendar = 返回的不是日历，可能是登录页面。
feed-footer = 请检查 rotas.yaml 里的地址。我每天提醒一次。

### 谁值班，顶班和换班

a-fact = { $label }：{ $value }
on-call-title-at = { $at }谁值班
on-call-title-between = { $time }谁值班
duty-day-and-hours = { $day }{ $hours }
duty-over-days = { $since }{ $opens } 至 { $until }{ $closes }（{ $offset }）
duty-place = { $team } · { $place }
duty-rota = { $name }：
duty-rota-of = { $team }（{ $rota }）
duty-line = { $time }：{ $who }
duty-always = { $who }（固定）
duty-until = { $who }，到 { $until }
duty-then = { $line }，之后是 { $next }
duty-cover = { $who }（顶班）
duty-cover-of = { $who } 替 { $whom }
duty-unclear-lead = 可以说“明天18点谁值班”或“网络组周五谁值班”。
do-on_call = 谁值班？
shifts-title = 未来 30 天您有 { $count } 个班
shifts-none = 未来 30 天没有您的班。
shift-line = { $time } · { $rota }
shift-given = { $time } · 由 { $person } 替您
shift-asked = { $time } · 已问 { $person }，还没有答复
do-shifts = 我的班次
do-cover_shift = { $day }找人顶班…
cover-no-rota = 您不在任何轮班表里，没有班可换。
cover-who-is = 可以问的人里没有叫“{ $name }”的。
cover-who-is-lead = 请写“谁值班”里显示的名字；不写名字，我会列出来让您选。
cover-which-of-them = 有几位都叫这个名字，请写全名。
cover-not-on-call-you = 那段时间您不值班。
cover-not-on-call = 那段时间 { $person } 不值班。
cover-next-shifts = 最近的班次：
cover-no-shifts = 未来 30 天也没有班。
cover-whom = { $time }请谁替您值班？
cover-ask = 要请 { $person } 替您值班吗？
cover-offer = 要跟 { $person } 说由您替班吗？
cover-swap = 要请 { $person } 跟您换班吗？
cover-ask-lead = { $rota }。对方同意之前，一切不变。
cover-put = 要安排 { $person } 值班吗？
cover-put-lead = { $rota }。您有权决定这张轮班表，马上生效并通知相关的人。
do-cover_put = 就这么定
cover-in-return = 您替 { $person } 值哪个班作为交换？
do-nothing-in-return = 不用交换
do-cover_ask = 问 { $person }
do-cover_yes = 同意
do-cover_no = 不行
do-cover_undo = 收回
cover-has-been-asked = 已经问 { $person } 了。
cover-until-then = 对方同意之前一切照旧，有答复我会告诉您。
cover-at-once = 好了，那段时间由 { $person } 值班。
cover-asked-you = { $by } 请您替班
cover-offered-you = { $by } 想替您值班
cover-swap-you = { $by } 想跟您换班
cover-asked-lead = 您不同意就一切照旧，无论怎样我都会告诉 { $by }。
cover-is-agreed = 定了：那段时间由 { $person } 值班
cover-is-declined = { $by } 说不行
cover-is-withdrawn = { $by } 收回了
cover-is-ended = { $by } 提前结束了替班，不再由 { $person } 值班
cover-stays = 一切照旧，可以再问别人。
cover-holds = 值班调整：{ $person } 替 { $whom }
cover-holds-no-more = 值班恢复：还是 { $whom }，不再由 { $person } 替
cover-you-agreed = 谢谢。已经生效，相关的人都通知了。
cover-you-declined = 好的，已经告诉对方了。
cover-you-withdrew = 已收回，相关的人都通知了。
label-rota = 轮班表
label-when = 时间
label-in-return = 作为交换
label-clock-of = { $name } 那边是
label-from = 从谁手上接
label-to = 交给
label-until = 到
handover-you-come = 现在由您值班：{ $place }
handover-you-go = 您已下班，不再值班：{ $place }
handover-open = { $who } 手上还有 { $count } 单未办完。
handover-open-yours = 您手上还有 { $count } 单未办完，急的请转交。
handover-nothing-open = 没有要交接的工单。
help-cover = 我的班次、周五18点到22点帮我顶班、跟陈思远换周五的班
refusal-not_on_call_then = 那段时间 { $people } 不值班，无班可替。
refusal-already_on_call = 那段时间本来就是 { $people } 值班。
refusal-not_on_that_rota = { $people } 不在这张轮班表里。
refusal-several_on_call = 那段时间有几位同时值班：{ $people }。请说明替谁。
refusal-cover_in_the_past = 那段时间已经过去了。
refusal-ends_before_it_starts = 结束比开始还早。
refusal-cover_too_long = 顶班最长 { $days } 天，再长就该改轮班表了。
refusal-not_yours = 这要由当事人或主管来决定。
refusal-cover-agreed = { $by } 已经同意过了。
refusal-cover-declined = { $by } 已经说过不行了。
refusal-cover-withdrawn = { $by } 已经收回了。

### 个人日历里的值班

own-shifts-name = { $person }的值班
own-shifts-event = 值班：{ $rota }

### 简短的呼叫、集中呼叫、保密工单

page-again = 再次呼叫您：还没有人受理，{ $since }报的单。
page-again-count = 再次呼叫您（第 { $count } 次）：还没有人受理，{ $since }报的单。
page-private = 有一张保密工单需要您
page-private-lead = 请到我们的私聊里查看。
page-private-stranger = 您不能查看它，但能查看的人都没有回应，请联系负责保密工单的同事。
page-private-over = 那张保密工单已不需要您
private-service = 保密
flood-title = { $count } 张工单需要您
flood-over = 这些工单都有人处理了
flood-service = { $service } { $count } 单
do-acknowledge-one = 受理 { $ref }
do-take_over = 接手…
sure-take_over = { $ref } 现在由 { $holder } 处理，还是要接手吗？
sure-take_over-yes = 接手
sure-take_over-no = 算了

### 推演

play-title = { $kind } { $priority }（{ $cell }），服务：{ $service }，团队：{ $team }
play-raised = { $at }报单。假定没有人处理；不会写入任何数据。
play-promised = 承诺：
play-nothing = 没有承诺
play-promise = { $clock }：{ $within }，按 { $calendar } 计；{ $warns }预警，{ $due }到期
play-paused = 算上暂停：{ $due }到期
play-passes-over = 跳过 { $days }
play-holiday = { $day } { $weekday }（{ $row }）
play-provisional = 暂定：{ $years } 年的节假日还没有公布
play-days = { $days } 个工作日
play-never = 从不
play-told = 依次通知：
play-line = { $who }：{ $what }
play-by = { $who }（{ $address }）
play-channel = { $team }频道
play-requester = 报单人
play-call = 第 { $level } 级，第 { $round } 次呼叫，因为还没有人受理
play-next-way = 第 { $level } 级，换下一种方式，因为还没有人受理
play-last-resort = 兜底，第 { $round } 次呼叫，因为其他人都联系不上
play-passed = 第 { $level } 级跳过：只在{ $only }时呼叫
play-only-for = 属于 { $what }
play-only-inside = { $calendar } 上班
play-only-outside = { $calendar } 下班
play-empty = 第 { $level } 级没有人，马上呼叫下一级
play-nobody = 谁也联系不上，会一直试下去
play-at-risk = { $clock }快超时了，{ $due }到期
play-overdue = { $clock }已超时，原定 { $due }
play-besides = 另外呼叫，因为{ $clock }{ $moment ->
    [broken] 已超时
   *[warned] 快超时了
}
play-handed = 工单，因为转给了{ $team }
play-lapsed = 重新呼叫其他人
play-still = 询问是否还在处理
play-held = 等到上班时间才发
play-receipt = 回执，因为报单了
play-card = 工单，因为报单了
play-question = 提问；可以暂停的时钟从现在起停住
play-answer = 回复；时钟继续走
play-more = ……到那时为止，最后一级还会再呼叫 { $count } 次
play-nobody-called = 这个优先级没有升级策略，所以不呼叫任何人。
play-undelivered = 如果呼叫没有送达：
play-unsent = 过了 { $after }还没发出去，马上换这个人的下一种方式
play-unreached = 没有别的方式了，马上呼叫下一级
play-resort = 最后一级之后由兜底的人接：{ $who }
play-stopped = 推演到第 { $steps } 步为止，{ $at }；用 --hours 缩短范围。
play-until = 推演到 { $at }。
do-escalate = 呼叫主管…
form-escalate = 为 { $ref } 呼叫主管
submit-escalate = 呼叫
escalated = 正在呼叫团队的上级。
