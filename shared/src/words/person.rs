//! A human being at work, folded from UKG's rows.

use std::{fmt, sync::Arc};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{
    hr::EmploymentRow,
    ids::{Code, PersonId},
};

/// One human with every employment HR has on record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// The durable key.
    pub id: PersonId,
    /// How the person is called.
    pub name: Name,
    /// `emailAddress`: whatever HR typed; often nothing before day one.
    pub email: Option<Arc<str>>,
    /// `emailAddressAlternate`: usually personal.
    pub alternate_email: Option<Arc<str>>,
    /// The UKG login.
    pub user_name: Option<Arc<str>>,
    /// Every employment; the first is the primary one, from which attributes are taken.
    /// Never empty.
    pub employments: Vec<Employment>,
    /// Whether the person works here, by the clock of his or her own zone.
    pub presence: Presence,
}

impl Person {
    /// The employment that speaks for the person.
    pub fn primary(&self) -> &Employment {
        self.employments.first().expect("a person is folded from at least one employment")
    }
}

/// The parts of a name, as HR keeps them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Name {
    /// `firstName`
    pub first: Option<Arc<str>>,
    /// `middleName`
    pub middle: Option<Arc<str>>,
    /// `lastName`
    pub last: Option<Arc<str>>,
    /// `preferredName`
    pub preferred: Option<Arc<str>>,
    /// `formerName`
    pub former: Option<Arc<str>>,
    /// `namePrefixCode`
    pub prefix: Option<Code>,
    /// `nameSufixCode`
    pub suffix: Option<Code>,
}

/// One employment with what the roster made of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Employment {
    /// The row as UKG gave it.
    pub row: EmploymentRow,
    /// The last end among the employment's contracts that have not ended before the hire.
    pub contract_ends: Option<Date>,
    /// Whether the employee type is one of the policy's contingent types.
    pub is_contingent: bool,
    /// The zone whose calendar decides, from the location, else the company, else the default.
    #[serde(with = "zone")]
    pub zone: TimeZone,
    /// Whether this employment is live.
    pub presence: Presence,
}

/// A zone as text. A company has a few of them, and looking one up takes longer than the rest of
/// its person.
mod zone {
    use std::cell::RefCell;

    use jiff::{fmt::serde::tz::required, tz::TimeZone};
    use serde::{
        Deserialize, Deserializer, Serializer,
        de::{Error, IntoDeserializer, value},
    };

    thread_local! {
        static KNOWN: RefCell<Vec<(String, TimeZone)>> = const { RefCell::new(Vec::new()) };
    }

    pub(super) fn serialize<S: Serializer>(it: &TimeZone, to: S) -> Result<S::Ok, S::Error> {
        required::serialize(it, to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<TimeZone, D::Error> {
        let name = <&str>::deserialize(from)?;
        KNOWN.with_borrow_mut(|known| {
            if let Some((_, zone)) = known.iter().find(|it| it.0 == name) {
                return Ok(zone.clone());
            }
            let named: value::StrDeserializer<'_, value::Error> = name.into_deserializer();
            let zone = required::deserialize(named).map_err(D::Error::custom)?;
            known.push((name.to_owned(), zone.clone()));
            Ok(zone)
        })
    }
}

/// Whether somebody works here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Presence {
    /// Hired, not started.
    NotYet(Arrival),
    /// At work; `until` when HR already knows the end.
    Here {
        /// The departure that is on record and has not come yet.
        until: Option<Departure>,
    },
    /// Employed but not at work.
    Away {
        /// What kind of absence.
        absence: Absence,
        /// Since when, if HR says.
        since: Option<Date>,
        /// When the person should be back, if HR says.
        back: Option<Date>,
        /// The departure that is on record and has not come yet.
        until: Option<Departure>,
    },
    /// No longer employed.
    Gone(Departure),
}

impl Presence {
    /// Whether an employment in this state keeps the person's access alive.
    pub fn is_live(&self) -> bool {
        match self {
            Self::NotYet(_) | Self::Here { .. } | Self::Away { .. } => true,
            Self::Gone(_) => false,
        }
    }
}

/// A start that has not come yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    /// The first day.
    pub starts: Date,
    /// The instant at which the first day begins in the worker's zone.
    pub at: Timestamp,
    /// The departure before it, when the break between the two is long enough to count: until the
    /// start, such a person is a leaver.
    pub after: Option<Departure>,
}

/// The end of an employment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Departure {
    /// The last day with access: the earlier of last day worked, termination and contract end.
    pub last_day: Date,
    /// The instant at which access ends: the end of that day in the worker's zone, or the
    /// beginning of the day for reasons that end access at once.
    pub at: Timestamp,
    /// The termination reason.
    pub reason: Option<Code>,
    /// Whether the reason is one of those that end access at once.
    pub is_immediate: bool,
    /// Which date decided.
    pub source: EndSource,
}

/// Which of HR's dates ended an employment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EndSource {
    /// `dateLastWorked`
    LastDayWorked,
    /// `terminationDate`
    Termination,
    /// `contractEndDate`
    Contract,
    /// The user-defined field of the policy.
    Field,
    /// The policy, since HR gave no end or one too far ahead.
    Cap,
}

impl fmt::Display for EndSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LastDayWorked => "last day worked",
            Self::Termination => "termination date",
            Self::Contract => "contract end",
            Self::Field => "end date field",
            Self::Cap => "cap of the policy",
        })
    }
}

/// Kinds of absence, from the employee status code (reference/ukg.md, section 2.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Absence {
    /// L: leave of absence.
    Leave,
    /// O: on strike.
    Strike,
    /// R: released, laid off.
    LaidOff,
    /// S: suspended.
    Suspended,
    /// Not an absence of HR's: the account is open and the start was moved away.
    StartMoved,
}

impl fmt::Display for Absence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Leave => "leave",
            Self::Strike => "strike",
            Self::LaidOff => "lay-off",
            Self::Suspended => "suspension",
            Self::StartMoved => "start moved",
        })
    }
}
