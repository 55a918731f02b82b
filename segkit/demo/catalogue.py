"""What the sample company is made of: sectors, places, products, words. Companies and persons are invented."""

from __future__ import annotations

import pandas as pd

COMPANY = "Quellbrunn Pumpen & Filter GmbH (erfundene Beispielfirma)"

SECTORS = pd.DataFrame(
    [
        # WZ code, name, words in company names, weight, what 1 employee^.8 could buy a year in euro
        ("10.51", "Milchverarbeitung", "Molkerei|Milchwerke|Käserei", 0.07, 1150.0),
        ("11.07", "Getränkeherstellung", "Mineralbrunnen|Getränke|Fruchtsäfte", 0.07, 1050.0),
        ("17.12", "Papierherstellung", "Papierfabrik|Karton|Zellstoff", 0.05, 1300.0),
        ("20.59", "Chemische Erzeugnisse", "Chemie|Lacke|Spezialchemie", 0.10, 1500.0),
        ("21.20", "Pharmazeutische Erzeugnisse", "Pharma|Arzneimittel", 0.05, 1250.0),
        ("25.62", "Mechanische Bearbeitung", "Zerspanung|Präzisionsteile|Metallbau", 0.13, 330.0),
        ("28.29", "Maschinenbau", "Maschinenbau|Anlagenbau|Antriebstechnik", 0.16, 420.0),
        ("35.11", "Energieerzeugung", "Energie|Kraftwerke|Biogas", 0.06, 950.0),
        ("36.00", "Wasserversorgung", "Wasserwerke|Stadtwerke|Wasserverband", 0.09, 1700.0),
        ("43.22", "Sanitär- und Heizungsinstallation", "Haustechnik|Gebäudetechnik|Sanitär", 0.12, 300.0),
        ("46.69", "Großhandel mit Maschinen", "Industriebedarf|Technischer Handel|Pumpenhandel", 0.06, 2400.0),
        ("86.10", "Krankenhäuser", "Klinikum|Kliniken|Krankenhausverbund", 0.04, 160.0),
    ],
    columns=["industry_code", "industry", "words", "weight", "rate"],
)

LEGAL_FORMS = ("GmbH", "GmbH & Co. KG", "AG", "KG", "e.K.", "UG (haftungsbeschränkt)", "SE", "e.V.")
LEGAL_WEIGHTS = (0.52, 0.24, 0.07, 0.05, 0.05, 0.03, 0.02, 0.02)

ROOTS_FRONT = (
    "Varn Brenz Kof Lind Osterm Hagel Wiesm Tannr Quad Drem Steck Rauhf Ahrm Bolz Elsw Fenn Grün Hövel Ilm Jast Kärn "
    "Lorb Müns Nahr Ölm Paul Rött Schell Treff Ührm Volk Wörn Zell Brück Düster Falk"
).split()
ROOTS_BACK = (
    "holt auer eldt beck inger hausen dorf mann städt roth bach ener ig ow burger stein wald kamp meyer sen rieder hof "
    "enbrink hagen loh egger"
).split()

NRW = "Nordrhein-Westfalen"
# place, state, area, first and last postal code of the area used here
PLACES = pd.DataFrame(
    [
        ("Dresden", "Sachsen", "Ost", 1067, 1328), ("Leipzig", "Sachsen", "Ost", 4103, 4357),
        ("Chemnitz", "Sachsen", "Ost", 9111, 9131), ("Halle (Saale)", "Sachsen-Anhalt", "Ost", 6108, 6132),
        ("Jena", "Thüringen", "Ost", 7743, 7751), ("Berlin", "Berlin", "Ost", 10115, 14199),
        ("Rostock", "Mecklenburg-Vorpommern", "Nord", 18055, 18147), ("Hamburg", "Hamburg", "Nord", 20095, 22769),
        ("Kiel", "Schleswig-Holstein", "Nord", 24103, 24159), ("Bremen", "Bremen", "Nord", 28195, 28779),
        ("Hannover", "Niedersachsen", "Nord", 30159, 30659), ("Osnabrück", "Niedersachsen", "Nord", 49074, 49090),
        ("Bielefeld", NRW, "West", 33602, 33739), ("Düsseldorf", NRW, "West", 40210, 40629),
        ("Essen", NRW, "West", 45127, 45359), ("Münster", NRW, "West", 48143, 48167),
        ("Köln", NRW, "West", 50667, 51149), ("Mainz", "Rheinland-Pfalz", "West", 55116, 55131),
        ("Saarbrücken", "Saarland", "West", 66111, 66133), ("Kassel", "Hessen", "West", 34117, 34134),
        ("Frankfurt am Main", "Hessen", "West", 60308, 60599), ("Mannheim", "Baden-Württemberg", "Süd", 68159, 68309),
        ("Stuttgart", "Baden-Württemberg", "Süd", 70173, 70629), ("Freiburg", "Baden-Württemberg", "Süd", 79098, 79117),
        ("München", "Bayern", "Süd", 80331, 81929), ("Augsburg", "Bayern", "Süd", 86150, 86199),
        ("Nürnberg", "Bayern", "Süd", 90402, 90491), ("Würzburg", "Bayern", "Süd", 97070, 97084),
    ],
    columns=["city", "region", "area", "first_code", "last_code"],
)  # fmt: skip

STREETS = (
    "Industriestraße|Am Werkhof|Gewerbering|Bahnhofstraße|Mühlenweg|Hafenstraße|Lindenallee|Dieselstraße|Siemensstraße|"
    "Robert-Bosch-Straße|Am Gleisdreieck|Brunnenweg|Schillerstraße|Weststraße"
).split("|")

FIRST_NAMES = (
    "Anke Birgit Carola Doris Elif Franziska Gudrun Heike Ines Jana Katrin Lena Maren Nadine Petra Sabine Tanja Ulrike "
    "Yvonne Zeynep Andreas Bernd Christoph Dirk Emre Frank Georg Holger Ingo Jörg Klaus Lars Matthias Norbert Oliver "
    "Peter Ralf Stefan Thomas Uwe Volker Wolfgang"
).split()
LAST_FRONT = "Acker Birn Dorn Eich Feld Gerst Hasel Kies Lauf Moos Nuß Pfeil Röder Schlüß Tief Ufer Weid Zöll".split()
LAST_BACK = "bacher mann ner inger hardt ke lein meier stätter wein huber brandt".split()

DEPARTMENTS = ("Einkauf", "Instandhaltung", "Produktion", "Geschäftsführung", "Technik", "Qualität")
JOBS = {
    "Einkauf": ("Einkäufer/in", "Leitung Einkauf"),
    "Instandhaltung": ("Instandhalter/in", "Leitung Instandhaltung"),
    "Produktion": ("Schichtführung", "Produktionsleitung"),
    "Geschäftsführung": ("Assistenz der Geschäftsführung", "Geschäftsführung"),
    "Technik": ("Betriebsingenieur/in", "Technische Leitung"),
    "Qualität": ("Qualitätsprüfung", "Leitung Qualität"),
}

TEAMS = {"Nord": "Vertrieb Nord", "West": "Vertrieb West", "Süd": "Vertrieb Süd", "Ost": "Vertrieb Ost"}

# product group, code, number of products, cheapest and dearest list price, cost share
PRODUCT_GROUPS = (
    ("Kreiselpumpen", "KP", 22, 680.0, 9200.0, 0.66),
    ("Dosierpumpen", "DP", 14, 420.0, 3900.0, 0.62),
    ("Filterelemente", "FE", 46, 6.5, 240.0, 0.48),
    ("Filtergehäuse", "FG", 16, 140.0, 2600.0, 0.58),
    ("Dichtungen", "DI", 38, 2.9, 95.0, 0.42),
    ("Laufräder und Wellen", "LW", 24, 48.0, 1150.0, 0.52),
    ("Sensoren und Steuerung", "SE", 18, 85.0, 1900.0, 0.60),
    ("Service", "SV", 8, 95.0, 1450.0, 0.55),
)

NEEDS = (
    "Preis",
    "Lieferzeit",
    "Beratung",
    "Verfügbarkeit der Anlage",
    "Wartung",
    "Digitale Bestellung",
    "Nachhaltigkeit",
)
NEED_CLASSES = {
    "Preisbewusste": (6.4, 4.6, 2.6, 4.2, 2.8, 4.4, 2.4),
    "Anlagenretter": (3.0, 6.2, 4.2, 6.7, 5.6, 3.4, 3.0),
    "Ratsuchende": (3.4, 3.8, 6.6, 4.8, 5.6, 2.4, 4.2),
    "Selbstbesteller": (4.6, 5.4, 2.0, 4.2, 2.6, 6.5, 3.6),
}
NEED_SHARES = (0.32, 0.27, 0.21, 0.20)
NEED_LEAN = (  # shares of the four classes in each department, in the order of DEPARTMENTS
    (0.62, 0.12, 0.08, 0.18),
    (0.06, 0.66, 0.18, 0.10),
    (0.14, 0.56, 0.18, 0.12),
    (0.52, 0.14, 0.22, 0.12),
    (0.08, 0.22, 0.60, 0.10),
    (0.14, 0.18, 0.44, 0.24),
)
RATING_STYLE, RATING_NOISE = 0.45, 1.05  # how far persons tick high or low everywhere, and each answer by itself
