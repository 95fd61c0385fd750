"""The words of the large world: titles, packs and prices from a number, the same each time. Pure."""

from __future__ import annotations

from dataclasses import dataclass

PREFIX = "scale-"
PREFERRED = ("当季", "手工", "山里", "农家", "精选", "老树", "头茬", "新制", "合作社", "自家")
SENTENCES = (
    "村里人自己采收、自己分拣，装箱前再过一遍秤。",
    "不催熟、不打蜡，个头有大有小，吃的是本来的味道。",
    "头一天下午下单，第二天早上发出，两三天到货。",
    "合作社统一收购，按等级付钱，账目每月公开。",
    "包装只用纸箱和草绳，箱里附产地卡片。",
    "怕闷怕晒，到货后请放阴凉处，尽早食用。",
    "可以按人头分装，随箱写好部门和姓名。",
)


@dataclass(frozen=True, slots=True)
class Size:
    """How much is sold at once: its name, the unit it is counted in, and its price in fen."""

    name: str
    unit: str
    price: int


SIZES: dict[str, tuple[Size, ...]] = {
    "tea": (Size("125 g 罐", "罐", 9800), Size("250 g 罐", "罐", 18800), Size("500 g 袋", "袋", 32000)),
    "oil": (Size("500 ml 瓶", "瓶", 6800), Size("2 L 桶", "桶", 23800)),
    "grain": (Size("5 kg 袋", "袋", 5200), Size("10 kg 袋", "袋", 9900)),
    "poultry-eggs": (Size("30 枚 箱", "箱", 4500), Size("60 枚 箱", "箱", 8600)),
    "services": (Size("双人", "份", 16800), Size("四人", "份", 31800)),
    "": (Size("500 g 袋", "袋", 2600), Size("1 kg 袋", "袋", 4800), Size("2.5 kg 箱", "箱", 10800)),
}


@dataclass(frozen=True, slots=True)
class Wording:
    """What one listing says and asks: ``season`` as the model writes it, prices in fen, tiers as (from, price)."""

    slug: str
    title: str
    summary: str
    description: str
    season: str
    sizes: tuple[Size, ...]
    tier: tuple[int, int] | None
    stock: int


def wording(number: int, *, product: str, shelf: str, place: str) -> Wording:
    """The ``number``-th listing: a product (of a shelf, by slug) from a place."""
    sizes = SIZES.get(shelf, SIZES[""])
    first = _priced(sizes[number % len(sizes)], number)
    rest = tuple(_priced(size, number) for size in sizes if size.name != first.name)[: number % 2]
    words = PREFERRED[number // 7 % len(PREFERRED)]
    told = [SENTENCES[(number + step * step) % len(SENTENCES)] for step in range(1, 4)]
    start = number % 12
    months = sorted((start + step) % 12 + 1 for step in range(4))
    return Wording(
        slug=f"{PREFIX}{number:06d}",
        title=f"{place}{words}{product} {first.name}",
        summary=f"{place}出产的{product}，{told[0]}",
        description="".join(told),
        season="" if number % 3 else f",{','.join(map(str, months))},",
        sizes=(first, *rest),
        tier=(20 + number % 30, first.price * 9 // 10) if number % 2 else None,
        stock=0 if number % 20 == 7 else 100 + number * 37 % 900,
    )


def _priced(size: Size, number: int) -> Size:
    return Size(size.name, size.unit, size.price + number * 131 % (size.price // 4) // 10 * 10)


def short_place(name: str) -> str:
    """晓天镇 as people say it: 晓天."""
    return name[:-1] if len(name) > 2 and name[-1] in "镇乡村" else name
