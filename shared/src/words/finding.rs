//! Something wrong with one subject. Findings are told, counted and never thrown.

use std::fmt;

use super::ids::{EmployeeId, GroupId, OktaUserId, PersonId};

/// Whom a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A person whose id could be read.
    Person(PersonId),
    /// A row whose employee could be read, but not the person.
    Employee(EmployeeId),
    /// The `n`-th row (0-based) of an answer from which not even the employee could be read.
    Row(usize),
    /// An Okta user.
    User(OktaUserId),
    /// An Okta group, by id.
    Group(GroupId),
    /// A group, app or policy that the policy names.
    Named(String),
    /// The run as a whole.
    Run,
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(it) => write!(f, "person {it}"),
            Self::Employee(it) => write!(f, "employee {it}"),
            Self::Row(it) => write!(f, "row {it}"),
            Self::User(it) => write!(f, "user {it}"),
            Self::Group(it) => write!(f, "group {it}"),
            Self::Named(it) => write!(f, "{it}"),
            Self::Run => write!(f, "this run"),
        }
    }
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; nothing is held back.
    Note,
    /// Something is not as the policy wants it, but the person goes on.
    Warning,
    /// The person is held: nothing is changed until somebody has looked.
    Held,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Held => "held",
        })
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// What is wrong, as a stable word for filters and reports.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FindingCode { $($(#[$doc])* $name,)* }

        impl FindingCode {
            /// Every code there is.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The code as reports write it.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

codes! {
    /// A row lacks what it cannot do without, or a value cannot be read.
    MalformedRow = "malformed-row",
    /// An employment without a person, or a person without an employment.
    OrphanRow = "orphan-row",
    /// The same employment came twice with different contents.
    ConflictingRows = "conflicting-rows",
    /// A status code that the policy does not know.
    UnknownStatus = "unknown-status",
    /// An employee type code that the policy does not know.
    UnknownType = "unknown-type",
    /// A termination or leave reason that the policy does not know.
    UnknownReason = "unknown-reason",
    /// Terminated without a date to act on.
    NoTerminationDate = "no-termination-date",
    /// No start date.
    NoStartDate = "no-start-date",
    /// The dates contradict each other.
    ContradictingDates = "contradicting-dates",
    /// Transferred out of one company, and no other company has the person.
    TransferWithoutArrival = "transfer-without-arrival",
    /// The location is unknown or has no zone, so the default zone decides.
    UnknownZone = "unknown-zone",
    /// A rehire that HR marked as not eligible.
    NotEligibleForRehire = "not-eligible-for-rehire",
    /// A required attribute came out empty.
    MissingAttribute = "missing-attribute",
    /// An expression of the policy failed for this person.
    ExpressionFailed = "expression-failed",
    /// No free login was found within the allowed tries.
    NoFreeLogin = "no-free-login",
    /// An expression or the mapping produced something that is not a login.
    BadLogin = "bad-login",
    /// An account exists that may be this person's, but the match is not strong enough to adopt.
    AdoptionCandidate = "adoption-candidate",
    /// Two accounts carry the same person's key.
    TwoAccounts = "two-accounts",
    /// The account is mastered by another source and is not ours to write.
    MasteredElsewhere = "mastered-elsewhere",
    /// The account is protected by the policy.
    Protected = "protected",
    /// The policy names a group that Okta does not have.
    MissingGroup = "missing-group",
    /// The policy names a group name that exists more than once.
    AmbiguousGroup = "ambiguous-group",
    /// The policy names an app that Okta does not have, or that is inactive.
    MissingApp = "missing-app",
    /// The policy names a group that is not an Okta group, so nobody may write to it.
    ForeignGroup = "foreign-group",
    /// A group rule holds this membership; removing it by hand would exclude the person for good.
    RuleManagedMember = "rule-managed-member",
    /// The supervisor is missing, terminated, unknown, or not yet in Okta.
    ManagerUnresolved = "manager-unresolved",
    /// The chain of supervisors is a circle.
    ManagerCycle = "manager-cycle",
    /// The person was in the last full roster and is not in this one.
    MissingFromRoster = "missing-from-roster",
    /// The account's status does not allow what was needed; somebody must look.
    StuckStatus = "stuck-status",
    /// The account was changed outside of Rollcall against what HR says.
    Drift = "drift",
    /// A job code that UKG's own table of jobs does not have.
    UnknownJob = "unknown-job",
    /// A contractor without an end date.
    NoEndDate = "no-end-date",
    /// A contract that ended long ago although HR says at work.
    EndLongPast = "end-long-past",
    /// An end date further ahead than the policy allows.
    EndTooFar = "end-too-far",
    /// A member of one of our groups whom no rule and no run put there.
    AddedByHand = "added-by-hand",
    /// An app that no rule gives any more, and that a group gives as well.
    AppByGroup = "app-by-group",
    /// Members of one of our groups whose accounts are not ours.
    StrangersInGroup = "strangers-in-group",
    /// An enrollment policy is missing, off, in the wrong place or without its group.
    MfaPolicy = "mfa-policy",
    /// A start that moved away after the account was opened.
    StartMoved = "start-moved",
    /// Okta refused this person's change.
    Refused = "refused",
    /// After the change, reading back showed something else.
    NotVerified = "not-verified",
    /// A plan that waits is not what its hash says.
    AlteredPlan = "altered-plan",
    /// A human decision keeps back what HR's record asks for.
    OnHold = "on-hold",
}

impl fmt::Display for FindingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Something wrong with one subject.
///
/// `detail` is for people and reaches logs and mails: ids, codes and column names only, never a
/// name, an address or a value of a personal field.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Finding {
    /// Whom it is about.
    pub subject: Subject,
    /// What is wrong.
    pub code: FindingCode,
    /// How bad it is.
    pub severity: Severity,
    /// One sentence with what to do, without personal data.
    pub detail: String,
}

impl Finding {
    /// A finding that holds a person back.
    pub fn held(subject: Subject, code: FindingCode, detail: impl Into<String>) -> Self {
        Self { subject, code, severity: Severity::Held, detail: detail.into() }
    }

    /// A finding that is told and holds nothing back.
    pub fn warning(subject: Subject, code: FindingCode, detail: impl Into<String>) -> Self {
        Self { subject, code, severity: Severity::Warning, detail: detail.into() }
    }

    /// A finding worth knowing.
    pub fn note(subject: Subject, code: FindingCode, detail: impl Into<String>) -> Self {
        Self { subject, code, severity: Severity::Note, detail: detail.into() }
    }

    /// The person who must be left alone because of this, if any.
    pub fn holds(&self) -> Option<&PersonId> {
        match (&self.subject, self.severity) {
            (Subject::Person(person), Severity::Held) => Some(person),
            (
                Subject::Person(_)
                | Subject::Employee(_)
                | Subject::Row(_)
                | Subject::User(_)
                | Subject::Group(_)
                | Subject::Named(_)
                | Subject::Run,
                Severity::Note | Severity::Warning | Severity::Held,
            ) => None,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({}): {}", self.severity, self.subject, self.code, self.detail)
    }
}
