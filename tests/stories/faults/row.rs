//! One row of the catalogue: what goes wrong, where and how often, and what must come of it.

use rollcall::words::flow::Flow;
use rollcall_sandbox::{Effect, Town, okta::Org, ukg};

/// What the day must be like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// The run gets over it by itself.
    Overcome,
    /// The run stops before anything is planned, or ends without having begun.
    Stops,
    /// The run does what it can; the next one does the rest.
    NextRun,
}

impl Expected {
    /// As the table says it.
    pub fn text(self) -> &'static str {
        match self {
            Self::Overcome => "the run gets over it",
            Self::Stops => "nothing is written",
            Self::NextRun => "the next run does the rest",
        }
    }
}

/// On whose side.
#[derive(Clone, Copy)]
pub enum Door {
    Ukg,
    Okta,
}

/// What goes wrong.
#[derive(Clone)]
pub enum Trouble {
    /// A call does not go as it should.
    Wire(Effect),
    /// Something happens in Okta at the moment of a call.
    Okta(fn(&mut Org)),
    /// A switch of UKG is turned at the moment of a call.
    Ukg(fn(&mut ukg::Options)),
    /// A row of UKG's goes at the moment of a call.
    RowGoes,
    /// Somebody else takes the joiner's login at the moment of a call.
    LoginTaken,
    /// Nothing at any one call: it is so from the beginning.
    None,
}

/// What gets us into Okta.
#[derive(Clone, Copy)]
pub enum Pass {
    /// An SSWS token.
    ApiToken,
    /// `private_key_jwt` and `DPoP`.
    ServiceApp,
}

/// The time that our machine thinks it is.
#[derive(Clone, Copy)]
pub enum Clock {
    Right,
    HourAhead,
    HourBehind,
}

/// What is special about our machine.
#[derive(Clone, Copy)]
pub struct Machinery {
    /// Whether it waits for an answer for two seconds only.
    pub is_impatient: bool,
    /// The longest body that it reads, when it is not the usual one.
    pub longest_body: Option<usize>,
    pub clock: Clock,
}

/// One thing that goes wrong.
pub struct Row {
    what: &'static str,
    pub door: Door,
    pub method: &'static str,
    pub path: &'static str,
    pub times: usize,
    pub trouble: Trouble,
    pub expected: Expected,
    pub flow: Flow,
    pub pass: Pass,
    pub machinery: Machinery,
    /// What is otherwise in the town from the beginning of the day.
    pub prepare: Option<fn(&Town)>,
    mend: Option<fn(&Town)>,
    /// Groups that a rule of Okta's keeps the leaver in.
    pub groups_by_rule: &'static [&'static str],
}

impl Row {
    /// Something that goes wrong with every call to a place such as `GET /api/v1/users`.
    pub fn new(
        what: &'static str,
        door: Door,
        place: &'static str,
        trouble: Trouble,
        expected: Expected,
    ) -> Self {
        let (method, path) = place.split_once(' ').unwrap_or(("", place));
        Self {
            what,
            door,
            method,
            path,
            times: usize::MAX,
            trouble,
            expected,
            flow: Flow::Offboarding,
            pass: Pass::ApiToken,
            machinery: Machinery { is_impatient: false, longest_body: None, clock: Clock::Right },
            prepare: None,
            mend: None,
            groups_by_rule: &[],
        }
    }

    /// With so many calls only.
    pub fn times(self, times: usize) -> Self {
        Self { times, ..self }
    }

    /// During another flow than the one for leavers.
    pub fn during(self, flow: Flow) -> Self {
        Self { flow, ..self }
    }

    /// On a machine that does not wait for long.
    pub fn impatient(mut self) -> Self {
        self.machinery.is_impatient = true;
        self
    }

    /// On a machine that reads bodies up to this length.
    pub fn reading_up_to(mut self, bytes: usize) -> Self {
        self.machinery.longest_body = Some(bytes);
        self
    }

    /// By a service app, on a machine with this clock.
    pub fn by_service_app(mut self, clock: Clock) -> Self {
        self.machinery.clock = clock;
        Self { pass: Pass::ServiceApp, ..self }
    }

    /// With something else in the town from the beginning.
    pub fn with(self, prepare: fn(&Town)) -> Self {
        Self { prepare: Some(prepare), ..self }
    }

    /// Until somebody mends it so.
    pub fn until(self, mend: fn(&Town)) -> Self {
        Self { mend: Some(mend), ..self }
    }

    /// While a rule keeps the leaver in these groups.
    pub fn kept_by_rule(self, groups: &'static [&'static str]) -> Self {
        Self { groups_by_rule: groups, ..self }
    }

    /// The first column.
    pub fn name(&self) -> String {
        let door = match self.door {
            Door::Ukg => "UKG",
            Door::Okta => "Okta",
        };
        format!("{door}: {}", self.what)
    }

    /// The second column.
    pub fn place(&self) -> String {
        let place = format!("{} {}", self.method, self.path);
        let place = if place == " " { "everywhere" } else { place.trim() };
        let during = match self.flow {
            Flow::Offboarding => String::new(),
            Flow::NewHire
            | Flow::ProfileSync
            | Flow::Contractor
            | Flow::OrgSync
            | Flow::MfaPolicy => format!(", {}", self.flow),
        };
        format!("{place}{during}")
    }

    /// Puts right what does not mend itself.
    pub fn mend(&self, town: &Town) {
        if let Some(mend) = self.mend {
            mend(town);
        }
    }
}
