"""How long a text is as an SMS: GSM 03.38 counts septets, anything outside it costs 16 bits a character."""

_BASIC = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = set("^{}\\[~]|€")
_REPLACED = str.maketrans(
    {
        "\u2013": "-",
        "\u2014": "-",
        "\u2019": "'",
        "\u2018": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2026": "...",
        "\u00a0": " ",
        "\u202f": " ",
    }
)

ONE_PART = 160


def as_gsm(text: str) -> str:
    """The text with typographic marks in their plain form, so that it stays in the cheap alphabet."""
    return text.translate(_REPLACED)


def septets(text: str) -> int | None:
    """The length in the GSM alphabet; None when a character is outside it."""
    if any(letter not in _BASIC and letter not in _EXTENDED for letter in text):
        return None
    return sum(2 if letter in _EXTENDED else 1 for letter in text)


def parts(text: str) -> int:
    """How many SMS the text takes: 160 septets, or 153 each when there are several; 70 and 67 outside GSM."""
    length = septets(text)
    one, each = (ONE_PART, 153) if length is not None else (70, 67)
    size = length if length is not None else len(text.encode("utf-16-be")) // 2
    return 1 if size <= one else -(-size // each)
