"""The hosted payment page, plainly a demonstration."""

from __future__ import annotations

from html import escape
from typing import Any

WORDS = {
    "zh": {
        "title": "支付演示",
        "note": "这是演示用的支付页面，不会产生任何真实扣款。",
        "card": "银行卡支付",
        "alipay": "支付宝支付",
        "wechat_pay": "微信支付",
        "later": "付款处理中（稍后到账）",
        "decline": "模拟支付失败",
        "leave": "不支付，返回",
        "declined": "支付未成功，请换一种方式。",
        "closed": "该支付页面已关闭。",
    },
    "en": {
        "title": "Payment demonstration",
        "note": "This payment page is a demonstration; no money moves.",
        "card": "Pay by card",
        "alipay": "Pay with Alipay",
        "wechat_pay": "Pay with WeChat Pay",
        "later": "Pay, money arrives later",
        "decline": "Let the payment fail",
        "leave": "Go back without paying",
        "declined": "The payment did not go through. Choose another way.",
        "closed": "This payment page is closed.",
    },
}
STYLE = (
    "body{font-family:system-ui,'Noto Sans CJK SC',sans-serif;background:#f4f5f7;color:#1c2733;margin:0}"
    "main{max-width:24rem;margin:8vh auto;background:#fff;padding:1.5rem;border-radius:.75rem;border:1px solid #d8dde3}"
    "h1{font-size:1.1rem;margin:0 0 .25rem}.sum{font-size:2rem;font-weight:700;margin:.5rem 0 1rem}"
    "p{line-height:1.5}.note{background:#fff7e0;padding:.6rem .8rem;border-radius:.5rem;font-size:.9rem}"
    "button{display:block;width:100%;min-height:2.9rem;margin:.5rem 0;font:inherit;border-radius:.5rem;"
    "border:1px solid #7a8794;background:#fff;cursor:pointer}button.main{background:#1f5fbf;color:#fff;border:0}"
    ".bad{color:#a3191f;font-weight:700}"
)


def words(session: dict[str, Any]) -> dict[str, str]:
    """The page's words in the session's language."""
    return WORDS["zh" if str(session["locale"]).startswith("zh") else "en"]


def page(session: dict[str, Any], *, declined: bool = False) -> str:
    """The page with a button for each way that is allowed."""
    say = words(session)
    amount = f"{session['currency'].upper()} {session['amount_total'] / 100:,.2f}"
    if session["status"] != "open":
        body = f"<p>{say['closed']}</p>"
    else:
        ways = [way for way in session["allowed_payment_method_types"] if way in say]
        buttons = "".join(f'<button class="main" name="way" value="{way}">{say[way]}</button>' for way in ways)
        others = "".join(
            f'<button name="way" value="{way}">{say[way]}</button>' for way in ("later", "decline", "leave")
        )
        body = f'<form method="post">{buttons}{others}</form>'
    bad = f'<p class="bad" role="alert">{say["declined"]}</p>' if declined else ""
    return (
        f'<!DOCTYPE html><html lang="{"zh" if say is WORDS["zh"] else "en"}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{say["title"]}</title>'
        f"<style>{STYLE}</style></head><body><main><h1>{escape(session['_title'])}</h1>"
        f'<p class="sum">{amount}</p><p class="note">{say["note"]}</p>{bad}{body}</main></body></html>'
    )
