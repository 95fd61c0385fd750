"""Three complaints about barriers: one answered, one that waits, one that is late."""

from __future__ import annotations

from marketplace.access.actions import answer_complaint, file_complaint

from .founding import Cast

OFFICER = "officer-xuanzhou"


def tell(cast: Cast) -> None:
    """What people of different needs wrote, and what an officer answered."""
    answered = file_complaint(
        hindrance="我用读屏软件选购，“加一份”“减一份”读出来都是“按钮”，分不清是哪一样商品。",
        address="/pick/",
        by=None,
        at=cast.at(-20),
    )
    answer_complaint(
        complaint=answered,
        answer="谢谢您。两个按钮现在都会读出商品名称，如“舒城小兰花加一份”。如仍有不便，请再告诉我们。",
        by=cast.users[OFFICER],
        at=cast.at(-17),
    )
    file_complaint(
        hindrance="签领册打印出来字太小，老同志签字时看不清。能不能有大字的？",
        address="/hand-outs/",
        contact="示范电话 0563-0000000",
        by=None,
        at=cast.at(-18),
    )
    file_complaint(
        hindrance="扫描的检验报告是图片，放大以后发虚，看不清日期。", by=cast.users["caring-lu"], at=cast.at(-3)
    )
