"""Danish and Swedish words that names of organisations and people are made of."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """The words of one country; `{family}`, `{trade}` and `{town}` in a pattern are filled in."""

    language: str
    first_names: tuple[str, ...]
    family_names: tuple[str, ...]
    trades: tuple[str, ...]
    streets: tuple[str, ...]
    patterns: dict[str, tuple[str, ...]]
    library: str
    phone_prefix: str
    """The start of numbers that are given to nobody; six digits follow."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


DANISH = Words(
    language="da",
    first_names=_words("""
        Anne Peter Mette Lars Kirsten Michael Hanne Jens Helle Henrik Susanne Thomas Lene Søren Marianne Jan
        Birgit Christian Inge Martin Karen Niels Pia Anders Gitte Morten Bente Jesper Maria Fatima Åse Bjørn
        Ida Rasmus Tove Ole
    """),
    family_names=_words("""
        Nielsen Jensen Hansen Pedersen Andersen Christensen Larsen Sørensen Rasmussen Jørgensen Petersen
        Madsen Kristensen Olsen Thomsen Christiansen Poulsen Johansen Møller Mortensen Knudsen Holm Lund
        Dahl Østergaard Skov Bach Krogh Yilmaz Kjær Vestergaard Bruun Frandsen Ågaard Schmidt Winther
    """),
    trades=_words("""
        Tømrer Murer VVS El Bageri Frisør Blomster Auto Cykler Transport Rengøring Maskinstation Maler
        Smedje Fotografi Catering Café Gartneri Revision Data Ur&Guld Fiskehandel Boghandel Tandteknik
        Fysioterapi Ejendomme Møbler Vognmand Kloak Design
    """),
    streets=_words("""
        Algade Storegade Vestergade Østergade Nørregade Søndergade Stationsvej Skolegade Kirkevej Havnegade
        Møllevej Industrivej Bygaden Lindevej Engvej Torvet
    """),
    patterns={
        "company": (
            "{family} {trade} ApS",
            "{town} {trade} A/S",
            "{family} & {family2} {trade} ApS",
            "{trade} {town} ApS",
            "{family}s {trade} A/S",
            "{family} {trade} IVS",
        ),
        "sole_proprietor": (
            "{family}s {trade} v/ {first} {family}",
            "{first} {family} {trade}",
            "{trade} v/ {first} {family}",
        ),
        "association": (
            "{town} Idrætsforening",
            "{town} Borgerforening",
            "Grundejerforeningen {street}",
            "{town} Lokalhistoriske Forening",
            "{town} Husflidsforening",
            "{town} Spejdergruppe",
            "Andelsboligforeningen {street}",
            "{town} Jagtforening",
        ),
    },
    library="{municipality} Hovedbibliotek",
    phone_prefix="+4510",
)

SWEDISH = Words(
    language="sv",
    first_names=_words("""
        Anna Erik Eva Lars Maria Karl Karin Anders Kristina Per Lena Johan Ingrid Nils Birgitta Lennart
        Marianne Jan Margareta Hans Åsa Björn Elin Ulf Amina
    """),
    family_names=_words("""
        Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson Gustafsson Pettersson
        Jonsson Lindberg Lindström Bergström Sjöberg Åkesson Öberg Wallin Engström Danielsson Håkansson
        Lundin Björk Haddad
    """),
    trades=_words("""
        Bygg Rör El Bageri Frisör Blommor Bil Cykel Åkeri Städ Måleri Smide Foto Kafé Trädgård Redovisning
        Data Guld&Ur Fisk Bokhandel Snickeri Skog Möbler Design
    """),
    streets=_words("""
        Storgatan Kungsgatan Drottninggatan Skolgatan Kyrkogatan Järnvägsgatan Hamngatan Industrigatan
        Björkvägen Ringvägen Torggatan Åvägen
    """),
    patterns={
        "company": (
            "{family} {trade} AB",
            "{town} {trade} AB",
            "{family} & {family2} {trade} HB",
            "{trade} i {town} AB",
        ),
        "sole_proprietor": (
            "{first} {family} {trade}",
            "{family}s {trade}",
        ),
        "association": (
            "{town} idrottsförening",
            "{town} hembygdsförening",
            "{town} byalag",
            "{town} bygdegårdsförening",
        ),
    },
    library="{municipality} stadsbibliotek",
    phone_prefix="+46740",
)

WORDS = {"dk": DANISH, "se": SWEDISH}
