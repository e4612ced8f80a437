//! The code tables of Larkspur Instruments, as its HR department set them up.

/// The employee type of contractors.
pub const CONTRACTOR: &str = "CON";
/// The termination reason of a transfer to another component company.
pub const TRANSFER_OUT: &str = "TRO";
/// The termination reason of a death.
pub const DECEASED: &str = "203";
/// The termination reason of a retirement.
pub const RETIRED: &str = "202";
/// The termination reason of an ordinary resignation.
pub const RESIGNED: &str = "201";
/// The termination reason of a contract that ran out.
pub const CONTRACT_ENDED: &str = "205";
/// The termination reason of somebody who never came.
pub const NO_SHOW: &str = "206";

/// Termination reasons that mean "access ends now".
pub const IMMEDIATE_REASONS: [&str; 2] = ["301", "302"];

/// Employee types: code and description.
pub const EMPLOYEE_TYPES: [(&str, &str); 4] =
    [("REG", "Regular"), ("PRT", "Part time"), ("INT", "Intern"), (CONTRACTOR, "Contractor")];

/// Termination reasons: code, description, and V(oluntary) or I(nvoluntary).
pub const TERM_REASONS: [(&str, &str, &str); 10] = [
    (RESIGNED, "Resignation", "V"),
    (RETIRED, "Retirement", "V"),
    (DECEASED, "Deceased", "V"),
    (CONTRACT_ENDED, "End of contract", "V"),
    (NO_SHOW, "Did not start", "V"),
    ("204", "Job abandonment", "I"),
    ("301", "Gross misconduct", "I"),
    ("302", "Security incident", "I"),
    ("303", "Position eliminated", "I"),
    (TRANSFER_OUT, "Transfer out", "V"),
];

/// Leave reasons: code and description.
pub const LEAVE_REASONS: [(&str, &str); 6] = [
    ("FMLA", "Family and medical leave"),
    ("PARENT", "Parental leave"),
    ("MIL", "Military leave"),
    ("MED", "Medical leave"),
    ("SABB", "Sabbatical"),
    ("UNPD", "Unpaid leave"),
];

/// Job families: code and description.
pub const JOB_FAMILIES: [(&str, &str); 8] = [
    ("EXEC", "Executives"),
    ("MGMT", "Management"),
    ("ENGR", "Engineering"),
    ("SCI", "Science"),
    ("SALE", "Sales and marketing"),
    ("OPER", "Operations"),
    ("SUPP", "Support"),
    ("ADMN", "Administration"),
];

/// What the four org levels mean here. Customers choose.
pub const ORG_LEVEL_LABELS: [&str; 4] = ["Division", "Department", "Cost Center", "Team"];

/// Divisions (org level 1). `OPS` is also a department: codes are only unique with the level.
pub const DIVISIONS: [(&str, &str); 4] =
    [("TECH", "Technology"), ("COML", "Commercial"), ("OPS", "Operations"), ("CORP", "Corporate")];

/// Teams (org level 4): code and description. A large company has several of each.
pub const TEAMS: [(&str, &str); 3] =
    [("BLUE", "Blue Team"), ("GREEN", "Green Team"), ("RED", "Red Team")];

/// A department as founded: code, description, division, cost center, noun of its job titles, family.
pub type Department =
    (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

/// Departments (org level 2), three under each vice president.
pub const DEPARTMENTS: [Department; 24] = [
    ("ENG", "Engineering", "TECH", "4100", "Software Engineer", "ENGR"),
    ("FIRMW", "Firmware", "TECH", "4110", "Firmware Engineer", "ENGR"),
    ("QA", "Quality Assurance", "TECH", "4120", "Test Engineer", "ENGR"),
    ("OPTIC", "Optics & Photonics", "TECH", "4200", "Optical Scientist", "SCI"),
    ("RSRCH", "Applied Research", "TECH", "4210", "Research Scientist", "SCI"),
    ("DATA", "Data & Analytics", "TECH", "4220", "Data Analyst", "SCI"),
    ("SALES", "Sales", "COML", "5100", "Account Executive", "SALE"),
    ("MKTG", "Marketing", "COML", "5110", "Marketing Specialist", "SALE"),
    ("PARTN", "Partner Programs", "COML", "5120", "Partner Specialist", "SALE"),
    ("SUPP", "Customer Support", "COML", "5200", "Support Specialist", "SUPP"),
    ("TRAIN", "Customer Education", "COML", "5210", "Trainer", "SUPP"),
    ("DOCS", "Technical Writing", "COML", "5220", "Technical Writer", "SUPP"),
    ("MFG", "Manufacturing", "OPS", "6100", "Assembly Technician", "OPER"),
    ("SCM", "Supply Chain", "OPS", "6110", "Buyer", "OPER"),
    ("FIELD", "Field Service", "OPS", "6120", "Service Technician", "OPER"),
    ("CALIB", "Calibration", "OPS", "6200", "Calibration Technician", "OPER"),
    ("OPS", "Operations Planning", "OPS", "6210", "Planner", "OPER"),
    ("FAC", "Facilities", "OPS", "6220", "Facilities Coordinator", "OPER"),
    ("FIN", "Finance", "CORP", "7100", "Accountant", "ADMN"),
    ("LEGAL", "Legal", "CORP", "7110", "Counsel", "ADMN"),
    ("PROC", "Procurement", "CORP", "7120", "Procurement Analyst", "ADMN"),
    ("HR", "People & Culture", "CORP", "7200", "People Partner", "ADMN"),
    ("ITS", "Information Technology", "CORP", "7210", "Systems Administrator", "ENGR"),
    ("SEC", "Information Security", "CORP", "7220", "Security Analyst", "ENGR"),
];

/// A place of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Location {
    /// The code.
    pub code: &'static str,
    /// The description.
    pub description: &'static str,
    /// The city.
    pub city: &'static str,
    /// The state, or "" outside of the states.
    pub state: &'static str,
    /// ISO 3166 alpha-3.
    pub country: &'static str,
    /// IANA zone. UKG knows nothing of it: readers must map the code.
    pub zone: &'static str,
    /// Whether people still work there.
    pub is_active: bool,
}

const fn location(
    code: &'static str,
    description: &'static str,
    city: &'static str,
    state: &'static str,
    country: &'static str,
    zone: &'static str,
) -> Location {
    Location { code, description, city, state, country, zone, is_active: true }
}

/// Where people work. The last one is closed.
pub const LOCATIONS: [Location; 9] = [
    location("SEA1", "Seattle, WA", "Seattle", "WA", "USA", "America/Los_Angeles"),
    location("DEN1", "Denver, CO", "Denver", "CO", "USA", "America/Denver"),
    location("CHI1", "Chicago, IL", "Chicago", "IL", "USA", "America/Chicago"),
    location("NYC1", "New York, NY", "New York", "NY", "USA", "America/New_York"),
    location("LON1", "London", "London", "", "GBR", "Europe/London"),
    location("BER1", "Berlin", "Berlin", "", "DEU", "Europe/Berlin"),
    location("SIN1", "Singapore", "Singapore", "", "SGP", "Asia/Singapore"),
    location("SYD1", "Sydney", "Sydney", "NSW", "AUS", "Australia/Sydney"),
    Location {
        is_active: false,
        ..location("POR1", "Portland, OR (closed)", "Portland", "OR", "USA", "America/Los_Angeles")
    },
];

/// A component company.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ComponentCompany {
    /// The id, 5 characters.
    pub id: &'static str,
    /// The readable code.
    pub code: &'static str,
    /// The name.
    pub name: &'static str,
    /// ISO 3166 alpha-3.
    pub country: &'static str,
    /// Whether it is the tenant's master company.
    pub is_master: bool,
}

/// Larkspur Instruments: the American master, the American field company, the European one.
pub const COMPANIES: [ComponentCompany; 3] = [
    ComponentCompany {
        id: "9QLKS",
        code: "LKUS",
        name: "Larkspur Instruments Inc.",
        country: "USA",
        is_master: true,
    },
    ComponentCompany {
        id: "4HFLD",
        code: "LKFS",
        name: "Larkspur Field Services LLC",
        country: "USA",
        is_master: false,
    },
    ComponentCompany {
        id: "E2RNK",
        code: "LKEU",
        name: "Larkspur Instruments GmbH",
        country: "DEU",
        is_master: false,
    },
];
