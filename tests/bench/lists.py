"""Names, brands, titles: kept out of the reader's lists and tests, so that the figures are about the unknown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Country:
    """What a card of a country looks like: Faker's locale, legal forms, and the labels of telephone numbers."""

    locale: str
    ending: str
    forms: tuple[str, ...]
    labels: dict[str, tuple[str, ...]]
    titles: tuple[str, ...] = ()


ENGLISH = {
    "office": ("Tel. ", "T ", "Phone: ", "Office ", "P: "),
    "direct": ("Direct ", "D ", "DDI: "),
    "mobile": ("Mobile ", "M ", "Cell: ", "Mob. "),
    "fax": ("Fax ", "F ", "Fax: "),
}
GERMAN = {
    "office": ("Tel. ", "Telefon ", "T ", "Fon "),
    "direct": ("Durchwahl ", "Direkt "),
    "mobile": ("Mobil ", "M ", "Handy "),
    "fax": ("Fax ", "Telefax "),
}
FRENCH = {
    "office": ("Tél. ", "T. ", "Bureau "),
    "direct": ("Ligne directe ", "Direct "),
    "mobile": ("Mobile ", "Port. "),
    "fax": ("Fax ", "Télécopie "),
}
SPANISH = {
    "office": ("Tel. ", "Teléfono ", "T. "),
    "direct": ("Directo ",),
    "mobile": ("Móvil ", "Cel. ", "M. "),
    "fax": ("Fax ",),
}
PORTUGUESE = {
    "office": ("Tel. ", "Telefone "),
    "direct": ("Directo ",),
    "mobile": ("Telemóvel ", "Tlm. "),
    "fax": ("Fax ",),
}
ITALIAN = {"office": ("Tel. ", "T "), "direct": ("Diretto ",), "mobile": ("Cell. ", "Mobile "), "fax": ("Fax ",)}

GERMAN_TITLES = (
    "Bauleiterin",
    "Leiter Gebäudetechnik",
    "Fachplaner Akustik",
    "Referentin Klimaschutz",
    "Kellermeister",
)
FRENCH_TITLES = ("Cheffe de chantier", "Maître d'œuvre", "Responsable des vendanges", "Directeur du patrimoine")
SPANISH_TITLES = ("Jefa de Obra", "Director de Bodega", "Técnica de Restauración", "Coordinador de Regadíos")
ITALIAN_TITLES = ("Responsabile Restauri", "Direttrice di Cantina", "Capo Cantiere")
PORTUGUESE_TITLES = ("Chefe de Cozinha", "Gestora de Estaleiro", "Responsável de Vinha")

COUNTRIES = {
    "US": Country(locale="en_US", ending="com", forms=("Inc.", "LLC", "Corp."), labels=ENGLISH),
    "GB": Country(locale="en_GB", ending="co.uk", forms=("Ltd", "LLP", "Limited", "plc"), labels=ENGLISH),
    "DE": Country(
        locale="de_DE", ending="de", forms=("GmbH", "AG", "GmbH & Co. KG"), labels=GERMAN, titles=GERMAN_TITLES
    ),
    "CH": Country(locale="de_CH", ending="ch", forms=("AG", "GmbH"), labels=GERMAN, titles=GERMAN_TITLES),
    "FR": Country(locale="fr_FR", ending="fr", forms=("SAS", "SARL", "S.A."), labels=FRENCH, titles=FRENCH_TITLES),
    "ES": Country(locale="es_ES", ending="es", forms=("S.L.", "S.A."), labels=SPANISH, titles=SPANISH_TITLES),
    "PT": Country(locale="pt_PT", ending="pt", forms=("Lda.", "S.A."), labels=PORTUGUESE, titles=PORTUGUESE_TITLES),
    "IT": Country(locale="it_IT", ending="it", forms=("S.r.l.", "S.p.A."), labels=ITALIAN, titles=ITALIAN_TITLES),
    "NL": Country(locale="nl_NL", ending="nl", forms=("B.V.", "N.V."), labels=ENGLISH),
    "SE": Country(locale="sv_SE", ending="se", forms=("AB",), labels=ENGLISH),
    "PL": Country(locale="pl_PL", ending="pl", forms=("Sp. z o.o.", "S.A."), labels=ENGLISH),
    "IN": Country(locale="en_IN", ending="in", forms=("Pvt. Ltd.", "Limited"), labels=ENGLISH),
    "ZA": Country(locale="en_GB", ending="co.za", forms=("(Pty) Ltd",), labels=ENGLISH),
}

# None of these stands in lib/cards/data/names.txt.gz: names are often unknown to any list.
GIVEN_NAMES = (
    "Ottoline", "Eluned", "Berengar", "Mfon", "Oluwaseun", "Sipho", "Nkosana", "Tshering", "Keerthana", "Sreelakshmi",
    "Meenal", "Ximo", "Ainhoa", "Gorka", "Eneko", "Arantxa", "Torvald", "Peregrine", "Hauke", "Tjark", "Fenja",
    "Eilidh", "Ruaridh", "Anwen", "Rhodri", "Tendai", "Rumbidzai", "Xolani", "Lindiwe", "Quynh", "Hieu", "Somchai",
)  # fmt: skip
SURNAMES = (
    "Abernethy-Voss", "Oyelaran", "Mutasa", "Chikwanha", "Achterberg", "Vossenkuhl", "Quistorp", "Wiedersheim",
    "Zollikofer", "Thorvaldsen", "Skarsgaard", "Hjelmqvist", "Vestergren", "Kjellstrup", "Penhaligon", "Trevanion",
    "Polglase", "Cholmondeley", "Ravenscroft", "Ashgrove", "Winterbourne", "Applegarth", "Blenkinsop", "Etxeberria",
    "Goikoetxea", "Zubizarreta", "Puigdemont", "Casanellas", "Malaspina", "Serristori", "Szczepanowski", "Brzezicki",
    "Czartoryski", "Raghavendra", "Krishnaswamy", "Venkatesan", "Chakravorty", "Wickramasinghe", "Jayawardena",
    "Thapaliya", "Wongsakul", "Hidayatullah", "Kurahashi", "Teshigawara", "Hirabayashi", "Namgung", "Shangguan",
    "Kalogeropoulos", "Stavropoulou", "Vladulescu", "Mandelbaum", "Lichtenfeld", "Al-Tamimi", "El-Khatib",
    "Benhaddou", "Bouazizi", "Diawara", "de la Fontcuberta", "van Achterberg", "von Wiedersheim", "O'Trevanion",
)  # fmt: skip

BRANDS = (
    "Ambergris", "Aldervane", "Bexmoor", "Borealith", "Cindercroft", "Corvex", "Dovetail & Ash", "Eastwick Lane",
    "Ferrowell", "Gantry Nine", "Halcyra", "Hexaplan", "Inkwell Row", "Jasperline", "Kitewright", "Korvanta",
    "Larkspur", "Marrowfield", "Meridox", "Nimbrel", "Old Quay", "Orrery", "Palisane", "Pinnock & Rowe", "Quillon",
    "Ravelin", "Rookstone", "Sablewood", "Seven Elms", "Skyrmion", "Tallowby", "Thistledown", "Umbrance", "Vellichor",
    "Wexcombe", "Wrenfield", "Xandrel", "Ypsilane", "Zinnwald", "Zephora",
)  # fmt: skip
TRADES = (
    "Ropeworks", "Joinery", "Glass", "Tidal Power", "Velo", "Orchards", "Timber Frames", "Watchmaking", "Composites",
    "Wine Merchants", "Land Surveys", "Instruments", "Film", "Acoustic Panels", "Water", "Heritage", "Rail Systems",
    "Nurseries", "Packaging", "Data", "Capital", "Consulting", "Architects", "Optics", "Freight", "Dental Care",
)  # fmt: skip
TITLES = (
    "Head Winemaker", "Claims Adjuster", "Tasting Room Manager", "Grants Officer", "Timber Buyer",
    "Director of Photography", "Site Reliability Engineer", "Hydrologist", "Fleet Coordinator", "VP, Treasury",
    "Chief Sustainability Officer", "Landscape Architect", "Founder & Head Brewer", "Export Sales, Nordics",
    "Loss Prevention Specialist", "Underwriter", "Choreographer", "Exhibitions Curator", "Dispatch Supervisor",
    "Head of Horticulture", "Restoration Lead", "Actuarial Analyst", "Sommelier", "Principal Ecologist",
    "Wayfinding Designer", "Deputy Harbour Master", "Tenant Relations Manager", "Apprenticeship Coach",
    "Managing Surveyor", "Co-Owner", "Translator & Interpreter", "Rural Land Agent", "Night Shift Foreman",
)  # fmt: skip
LONG_TITLES = (
    ("Vice President", "Rolling Stock & Depots"),
    ("Senior Manager", "Cold Chain and Storage"),
    ("Head of Collections", "and Conservation"),
    ("Director, Grid", "Modernisation Programme"),
    ("Lead Engineer –", "Offshore Foundations"),
    ("Regional Director", "Alps & Adriatic"),
    ("Chief of Staff to the", "Managing Director"),
)
SLOGANS = (
    "Built slowly, built once", "We keep the lights on", "From orchard to table", "Nothing wasted", "Since 1907",
    "Quietly precise", "Where rivers meet", "A Tallis Group company", "The long view", "Made to be mended",
    "Certified B Corporation", "ISO 9001 · ISO 14001",
)  # fmt: skip
DEPARTMENTS = (
    "Division of Rail & Ports", "Department of Hydrology", "Faculty of Design", "Special Projects", "Estates & Grounds",
    "Group Procurement", "Public Affairs",
)  # fmt: skip
PREFIXES = ("Dr. ", "Prof. ", "Dipl.-Ing. ", "Dr ")
DEGREES = (", PhD", ", MBA", " MSc", ", FRICS", ", PE", " M.A.")
FREE_MAIL = ("gmail.com", "outlook.com", "proton.me", "yahoo.com")
