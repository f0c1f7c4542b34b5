"""Cards and forms as the desk might send them, in both languages."""

from __future__ import annotations

from bot.chat.card import Action, Card, Confirm, Fact, Gauge, Tone, Weight
from bot.chat.form import Choice, Field, FieldKind, Form

RECEIPT_ZH = Card(
    title="INC-42 财务系统登录报错",
    tone=Tone.CALM,
    lead="已登记为故障，优先级 P2。张伟会在 12:30 前回复你。",
    quote="财务系统登录不上去，一直提示“凭证已失效”，我们组 6 个人都这样，下午四点前要报税！",
    facts=(
        Fact("状态", "新建", Tone.CALM),
        Fact("优先级", "P2（影响：部门 × 紧急：高）", Tone.WARN),
        Fact("处理人", "张伟"),
        Fact("服务", "财务系统"),
    ),
    gauges=(
        Gauge("首次响应", 0.42, "还剩 17 分钟，12:30 到期", Tone.CALM),
        Gauge("解决", 0.08, "还剩 7 小时 20 分，今天 19:40 到期", Tone.GOOD),
    ),
    actions=(
        Action("nudge", "INC-42", "催单", Weight.MAIN),
        Action("amend", "INC-42", "补充说明"),
        Action("cancel", "INC-42", "撤单", Weight.DANGER, Confirm("确定撤销 INC-42 吗？", "撤单", "再想想")),
    ),
    footer="时间按北京时间（UTC+8）· 回复这条消息即可补充",
    summary="INC-42 已登记，P2",
)
RECEIPT_EN = Card(
    title="REQ-17 New laptop for Priya, starting Monday",
    tone=Tone.CALM,
    lead="Logged as a service request with priority P3. The workplace team holds it.",
    quote="Could we get a laptop for Priya? She starts on Monday and needs the design tools.",
    facts=(
        Fact("Status", "Accepted", Tone.GOOD),
        Fact("Priority", "P3 (one person × normal)"),
        Fact("With", "Workplace team"),
        Fact("Service", "Laptops and phones"),
    ),
    gauges=(Gauge("Fulfil", 0.61, "1 day 2 h left, due Fri 6 Mar 17:00", Tone.CALM),),
    actions=(
        Action("amend", "REQ-17", "Add something", Weight.MAIN),
        Action("status", "REQ-17", "What is happening?"),
        Action(
            "cancel",
            "REQ-17",
            "Withdraw",
            Weight.DANGER,
            Confirm("Withdraw REQ-17? The team stops working on it.", "Withdraw", "Keep it"),
        ),
    ),
    footer="Times are London time (UTC+0). Reply to this message to add to it.",
)
PAGE_EN = Card(
    title="INC-42 needs you: nobody has acknowledged",
    tone=Tone.ALARM,
    lead="Level 2 of the escalation. Zhang Wei was paged 15 minutes ago and did not answer.",
    quote="财务系统登录不上去，一直提示“凭证已失效”，我们组 6 个人都这样，下午四点前要报税！",
    facts=(
        Fact("Priority", "P2", Tone.ALARM),
        Fact("Reported by", "陈美, Finance"),
        Fact("Response due", "04:30 UTC+0 (in 2 min)", Tone.WARN),
        Fact("Next", "Service manager at 04:45"),
    ),
    gauges=(Gauge("Response", 0.93, "2 min left", Tone.ALARM),),
    actions=(
        Action("ack", "INC-42", "Acknowledge", Weight.MAIN),
        Action("ack30", "INC-42", "Ack 30 min"),
        Action("notme", "INC-42", "Not me"),
    ),
    mentions=("local:tom",),
)
PAGE_ZH = Card(
    title="INC-42 等你接手：还没有人确认",
    tone=Tone.ALARM,
    lead="已升级到第 2 级。张伟 15 分钟前收到呼叫，没有应答。",
    facts=(
        Fact("优先级", "P2", Tone.ALARM),
        Fact("报障人", "陈美（财务部）"),
        Fact("响应时限", "12:30（还有 2 分钟）", Tone.WARN),
        Fact("下一步", "12:45 通知服务经理"),
    ),
    gauges=(Gauge("首次响应", 0.93, "还剩 2 分钟", Tone.ALARM),),
    actions=(
        Action("ack", "INC-42", "我来处理", Weight.MAIN),
        Action("ack30", "INC-42", "30 分钟后处理"),
        Action("notme", "INC-42", "不归我"),
    ),
    mentions=("local:wei",),
)
BREACH_ZH = Card(
    title="INC-42 首次响应已超时",
    tone=Tone.WARN,
    lead="承诺 12:30 前回复，现在还没有。服务经理已收到通知。",
    footer="12:30:00 到期 · 工作时间内用时 30 分 0 秒",
)
RESOLVED_EN = Card(
    title="REQ-17 is done",
    tone=Tone.GOOD,
    lead="Priya's laptop is ready at the front desk. Does everything work?",
    actions=(
        Action("rate", "REQ-17:5", "Yes, thank you", Weight.MAIN),
        Action("reopen", "REQ-17", "Not yet"),
    ),
    footer="Closes by itself on Wed 11 Mar if we hear nothing.",
)
DIGEST_ZH = Card(
    title="IT 运维日报 · 3月4日 周三",
    tone=Tone.QUIET,
    lead="未结 7 单，昨天按时 11 单，超时 1 单。",
    facts=(Fact("P1", "0"), Fact("P2", "1", Tone.WARN), Fact("P3", "4"), Fact("P4", "2")),
    lines=(
        "INC-42 财务系统登录报错 · P2 · 已开 3 小时 · 张伟",
        "INC-39 会议室投影无信号 · P3 · 已开 1 天 · 待供应商",
        "REQ-17 新员工笔记本 · P3 · 今天 17:00 到期",
    ),
    footer="值班：张伟，至 18:00；之后 王伟",
)
WHISPER_EN = Card(
    title="You cannot close INC-42",
    tone=Tone.WARN,
    lead="It is still new. Somebody has to accept it and work on it first.",
)
FORM_EN = Form(
    wish="resolve:INC-42",
    title="Resolve INC-42",
    lead="The requester reads what you write here.",
    fields=(
        Field("what", "What was done", FieldKind.TEXT, hint="One or two sentences are enough."),
        Field(
            "cause",
            "Cause",
            FieldKind.CHOICE,
            choices=(
                Choice("change", "A change went wrong"),
                Choice("capacity", "Not enough capacity"),
                Choice("supplier", "A supplier's fault"),
                Choice("unknown", "Not known yet"),
            ),
            initial="unknown",
        ),
        Field("link", "Link to the change", required=False, max_chars=200),
    ),
    submit="Resolve",
)
FORM_ZH = Form(
    wish="amend:INC-42",
    title="给 INC-42 补充说明",
    fields=(
        Field("what", "补充内容", FieldKind.TEXT, hint="截图里的报错文字也可以直接贴过来。", max_chars=2000),
        Field(
            "impact",
            "影响范围",
            FieldKind.CHOICE,
            choices=(Choice("one", "只有我"), Choice("team", "整个部门"), Choice("all", "全公司")),
        ),
        Field("phone", "联系电话", required=False, hint="方便工程师直接找到你。", max_chars=40),
    ),
    submit="提交",
)
CARDS = (
    RECEIPT_ZH,
    RECEIPT_EN,
    PAGE_EN,
    PAGE_ZH,
    BREACH_ZH,
    RESOLVED_EN,
    DIGEST_ZH,
    WHISPER_EN,
)
