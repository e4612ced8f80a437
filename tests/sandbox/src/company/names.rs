//! Names: enough for a hundred thousand people, and the awkward ones on purpose.
//!
//! All of them are made up from common parts; nobody in particular is meant.

use rand::{Rng, RngExt};

/// A name, and how an administrator would have typed it into an e-mail address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// First name.
    pub first: String,
    /// Last name.
    pub last: String,
    /// Preferred name, if any.
    pub preferred: Option<String>,
    /// `first.last` in plain letters, without a host.
    pub plain: String,
}

const FIRST: &[&str] = &[
    "Ada", "Adrian", "Aisha", "Alan", "Alice", "Amara", "Amit", "Ana", "Andrew", "Anika",
    "Anthony", "Arjun", "Astrid", "Ben", "Bianca", "Brian", "Camila", "Carla", "Cedric", "Chen",
    "Chloe", "Claire", "Daniel", "Daria", "David", "Deepa", "Diego", "Dmitri", "Elena", "Eli",
    "Emeka", "Emily", "Emma", "Eric", "Esther", "Fatima", "Felix", "Fiona", "Gabriel", "George",
    "Grace", "Hana", "Hannah", "Hassan", "Helen", "Hugo", "Ian", "Ines", "Ingrid", "Isaac", "Ivan",
    "Jack", "James", "Jana", "Jasmin", "Jin", "Joao", "Jonas", "Julia", "Kai", "Karen", "Katya",
    "Keiko", "Kofi", "Lara", "Laura", "Leila", "Leo", "Liam", "Lina", "Lucas", "Mai", "Marco",
    "Maria", "Marta", "Max", "Mei", "Mia", "Mohan", "Nadia", "Naomi", "Nia", "Nikhil", "Noah",
    "Nora", "Olga", "Oliver", "Omar", "Oscar", "Paul", "Petra", "Priya", "Quinn", "Rafael",
    "Rania", "Ravi", "Rosa", "Ruth", "Ryan", "Sam", "Samira", "Sara", "Sofia", "Stefan", "Sven",
    "Tara", "Theo", "Thomas", "Tomas", "Uma", "Valeria", "Vera", "Victor", "Wei", "Xavier", "Yara",
    "Yusuf", "Zoe",
];

const LAST: &[&str] = &[
    "Abbott", "Acosta", "Adeyemi", "Ahmed", "Alder", "Almeida", "Anders", "Archer", "Baker",
    "Banerjee", "Barros", "Bauer", "Becker", "Bell", "Bennett", "Berg", "Bianchi", "Blake",
    "Boateng", "Bowen", "Brandt", "Brooks", "Burke", "Cabrera", "Carter", "Castillo", "Chan",
    "Chandra", "Chavez", "Clarke", "Cole", "Conti", "Cooper", "Cruz", "Dalton", "Das", "Davies",
    "Delgado", "Diaz", "Dixon", "Doyle", "Duarte", "Eckert", "Edwards", "Ellis", "Evans",
    "Farrell", "Ferrari", "Fischer", "Fleming", "Foster", "Franco", "Fuchs", "Gallo", "Garcia",
    "Gibson", "Gomez", "Grant", "Green", "Gupta", "Haas", "Hall", "Hansen", "Harris", "Hayes",
    "Herrera", "Hill", "Hoffmann", "Holt", "Howard", "Hughes", "Ibrahim", "Ito", "Ivanov",
    "Jackson", "Jain", "Jensen", "Jordan", "Kapoor", "Kaur", "Keller", "Kelly", "Khan", "Kim",
    "King", "Klein", "Kovacs", "Kramer", "Kumar", "Lambert", "Lang", "Larsen", "Lee", "Lehmann",
    "Lewis", "Li", "Lopez", "Lynch", "Malik", "Marino", "Marsh", "Martin", "Mason", "Mehta",
    "Mensah", "Meyer", "Miller", "Mitchell", "Mori", "Moss", "Nair", "Nakamura", "Navarro",
    "Neumann", "Nguyen", "Nielsen", "Novak", "Obi", "Okafor", "Olsen", "Ortega", "Osei", "Owens",
    "Palmer", "Park", "Patel", "Pereira", "Perry", "Petrov", "Popescu", "Porter", "Quintana",
    "Ramos", "Rao", "Reed", "Reyes", "Ricci", "Richter", "Rivera", "Roberts", "Rossi", "Roth",
    "Rowe", "Russo", "Sanchez", "Sato", "Schmidt", "Schwarz", "Shah", "Sharma", "Silva", "Singh",
    "Smith", "Sousa", "Stein", "Stone", "Sullivan", "Suzuki", "Tan", "Taylor", "Thompson",
    "Torres", "Tran", "Turner", "Vargas", "Vega", "Vogel", "Wagner", "Walker", "Wang", "Ward",
    "Watson", "Weber", "West", "White", "Wolf", "Wong", "Wood", "Wright", "Yamada", "Yang",
    "Young", "Zhang",
];

/// First name, last name, preferred name, plain. The first eight collide with one another.
const AWKWARD: &[(&str, &str, &str, &str)] = &[
    ("Alex", "Morgan", "", "alex.morgan"),
    ("Alex", "Morgan", "", "alex.morgan"),
    ("Alex", "Morgan", "Lex", "alex.morgan"),
    ("José", "Álvarez", "", "jose.alvarez"),
    ("Jose", "Alvarez", "Pepe", "jose.alvarez"),
    ("Chris", "O'Brien", "", "chris.obrien"),
    ("Chris", "OBrien", "", "chris.obrien"),
    ("Chris", "O’Brien", "", "chris.obrien"),
    ("Siobhán", "D'Angelo-Núñez", "", "siobhan.dangelo-nunez"),
    ("María José", "Ibáñez de la Peña", "Pepa", "maria.ibanez"),
    ("Jürgen", "Großmann", "", "juergen.grossmann"),
    ("Søren", "Ødegård", "", "soren.odegard"),
    ("Łukasz", "Wójcik", "", "lukasz.wojcik"),
    ("Þórdís", "Guðmundsdóttir", "", "thordis.gudmundsdottir"),
    ("İbrahim", "Işık", "", "ibrahim.isik"),
    ("Nguyễn Thị", "Hương", "Huong", "nguyen.huong"),
    ("王", "伟", "Wayne", "wang.wei"),
    ("さくら", "佐藤", "", "sakura.sato"),
    ("민준", "김", "MJ", "minjun.kim"),
    ("Ольга", "Кузнецова", "", "olga.kuznetsova"),
    ("Γιώργος", "Παπαδόπουλος", "", "giorgos.papadopoulos"),
    ("محمد", "العلي", "", "mohammed.alali"),
    ("דוד", "לוי", "", "david.levi"),
    ("अनिल", "कुमार", "", "anil.kumar"),
    ("สมชาย", "ใจดี", "Chai", "somchai.jaidee"),
    ("Wirawan", "-", "", "wirawan"),
    ("-", "Suryadi", "", "suryadi"),
    ("Mary  Ann", "Van  Der Berg", "", "maryann.vanderberg"),
    (" Pat ", "Quimby ", "", "pat.quimby"),
    ("X", "Ng", "", "x.ng"),
    ("J. R.", "MacDonald, Jr.", "", "jr.macdonald"),
    ("ROBERTA", "MCDUFF", "", "roberta.mcduff"),
    (
        "Bartholomew-Maximilian Aurelius",
        "Wolkensteinhausenbergerdorffsdóttir-Featherstonehaugh",
        "Bart",
        "bartholomew.featherstonehaugh",
    ),
    ("Renée", "de’Ath", "", "renee.death"),
    ("Zoë", "Ångström", "", "zoe.angstrom"),
    ("Čeněk", "Dvořák", "", "cenek.dvorak"),
    ("Ștefan", "Țurcanu", "", "stefan.turcanu"),
    ("Null", "Test", "", "null.test"),
];

/// How many awkward names there are.
pub const AWKWARD_COUNT: usize = AWKWARD.len();

/// The awkward name of that index.
pub fn awkward(index: usize) -> Name {
    let (first, last, preferred, plain) = AWKWARD[index % AWKWARD.len()];
    Name {
        first: first.to_owned(),
        last: last.to_owned(),
        preferred: (!preferred.is_empty()).then(|| preferred.to_owned()),
        plain: plain.to_owned(),
    }
}

/// A name as most people have one. One in thirty is awkward.
pub fn draw(rng: &mut impl Rng) -> Name {
    if rng.random_ratio(1, 30) {
        return awkward(rng.random_range(0..AWKWARD.len()));
    }
    let first = FIRST[rng.random_range(0..FIRST.len())];
    let last = last(rng);
    let preferred = rng.random_ratio(1, 12).then(|| first.chars().take(3).collect());
    Name {
        first: first.to_owned(),
        last: last.to_owned(),
        preferred,
        plain: format!("{}.{}", first.to_lowercase(), last.to_lowercase()),
    }
}

/// The name with a second given name and a second last name.
pub fn longer(name: Name, rng: &mut impl Rng) -> Name {
    let (given, last) = (FIRST[rng.random_range(0..FIRST.len())], last(rng));
    Name {
        first: format!("{} {given}", name.first),
        last: format!("{}-{last}", name.last),
        preferred: name.preferred,
        plain: format!("{}-{}", name.plain, last.to_lowercase()),
    }
}

/// A last name, for weddings.
pub fn last(rng: &mut impl Rng) -> &'static str {
    LAST[rng.random_range(0..LAST.len())]
}
