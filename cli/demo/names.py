"""What the made-up shop draws from."""

FIRST = (
    *("Ada", "Amara", "Anke", "Aylin", "Bjørn", "Carlos", "Chidi", "Dana", "Edda", "Elif"),
    *("Farah", "Giulia", "Hana", "Ines", "Jonas", "Kaito", "Leila", "Marta", "Nikhil", "Noor"),
    *("Olu", "Paula", "Quentin", "Ravi", "Sofia", "Tomás", "Uma", "Viktor", "Wei", "Zoë"),
)
LAST = (
    *("Adeyemi", "Bauer", "Costa", "Dubois", "Eriksen", "Ferrari", "Garcia", "Haddad", "Ivanova"),
    *("Jansen", "Kowalski", "Lindqvist", "Mori", "Nowak", "Okafor", "Petrov", "Quispe", "Rossi"),
    *("Sato", "Tanaka", "Ueda", "Varga", "Weber", "Yilmaz", "Zhang"),
)
CITIES = (
    ("Lisbon", "PT"), ("Lagos", "NG"), ("Berlin", "DE"), ("Osaka", "JP"), ("Lyon", "FR"),
    ("Toronto", "CA"), ("Pune", "IN"), ("Gdańsk", "PL"), ("Quito", "EC"), ("Bergen", "NO"),
)  # fmt: skip
GOODS = (
    ("Oak bowl", 34.0), ("Linen apron", 28.5), ("Copper kettle", 79.0), ("Tea towel", 9.9),
    ("Cast-iron pan", 64.0), ("Bread knife", 42.0), ("Stoneware mug", 18.0),
    ("Wool blanket", 119.0), ("Beeswax candle", 14.5), ("Walnut board", 55.0),
    ("Glass carafe", 31.0), ("Felt slippers", 47.0),
)  # fmt: skip
REVIEWS = (
    (5, "Even nicer than in the picture. My sister wants one too."),
    (5, "Arrived in two days, well packed."),
    (4, "Good quality; a little heavier than I thought."),
    (4, "Does what it should, and looks good on the table."),
    (3, "Fine, but the colour is darker than shown."),
    (2, "Came with a scratch. The exchange was quick, though."),
    (1, "Broke in the first week."),
)
