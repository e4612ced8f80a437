//! Takes a departure back: reads, decides, says what it would do, and does it like any other plan.
//!
//! HR still shows the departure, so an undo also places a hold that keeps runs from carrying it
//! out again. The hold comes first: a run that begins meanwhile must not close what is being
//! opened.

mod carry;
mod text;

use jiff::{Timestamp, civil::Date};

use super::{
    Error, Found, Office,
    hr_side::{self, HrSide},
    look::Lens,
    memory::Memory,
    okta_side::{OktaSide, Ours, Wanted},
    who,
};
use crate::{
    deciders::{
        mapping::Memo,
        plan::Seen,
        report::Taken,
        undo::{self, Case, HrSays, Nothing, Pack, Refusal, Saved, Undo, Verdict},
    },
    doors::ledger::UndoPack,
    words::{
        finding::Finding,
        flow::Flow,
        hold::Hold,
        ids::{Login, PersonId, RunId},
    },
};

/// The name of an undo's lease and runs.
const NAME: &str = "undo";

/// What somebody asked for.
#[derive(Clone, Debug)]
pub struct UndoRequest {
    /// Whose departure, as [`explain`](super::explain()) takes it.
    pub who: String,
    /// The instant for which is decided.
    pub as_of: Timestamp,
    /// Whether to plan only. Nothing is written then, and nobody is told.
    pub dry_run: bool,
    /// How many days the departure is not carried out again.
    pub hold_days: u16,
    /// Who asks.
    pub by: String,
    /// Why.
    pub why: String,
}

/// What came of an undo.
#[derive(Clone, Debug)]
pub struct Undone {
    /// Whose departure.
    pub person: PersonId,
    /// The instant for which was decided.
    pub as_of: Timestamp,
    /// Whether nothing was written.
    pub dry_run: bool,
    /// What was decided, and what became of it.
    pub ending: UndoEnding,
}

/// How an undo ended.
#[derive(Clone, Debug)]
pub enum UndoEnding {
    /// There was nothing to take back.
    Nothing(Nothing),
    /// It must not, or cannot, be done.
    Refused(Refusal),
    /// It was done, or would be.
    Done(Box<Deed>),
}

/// What an undo did, or would do.
#[derive(Clone, Debug)]
pub struct Deed {
    /// The run; `None` in a dry run.
    pub run: Option<RunId>,
    /// The account's login.
    pub login: Option<Login>,
    /// The last day of the departure that was carried out.
    pub departure: Date,
    /// The run that carried it out.
    pub left_by: RunId,
    /// The plan, and what Okta cannot give back.
    pub undo: Undo,
    /// What became of each step; planned in a dry run.
    pub steps: Vec<Taken>,
    /// What went wrong.
    pub findings: Vec<Finding>,
    /// The hold that keeps the departure from being carried out again.
    pub hold: Option<Hold>,
    /// Whether reading back showed all of it.
    pub is_verified: bool,
}

/// Takes a departure back.
///
/// # Guarantees
/// * In a dry run nothing is written.
/// * Every step is in the ledger before it is taken, and its outcome after it.
/// * Repeated after an interruption it goes on; repeated after success it has nothing to do.
///
/// # Errors
/// When UKG, Okta or the ledger cannot be worked with, or another undo is under way.
pub async fn undo(office: &Office, request: &UndoRequest) -> Result<Found<Undone>, Error> {
    let memory = Memory::load(&office.ledger).await?;
    let hr = hr_side::read(&office.ukg, &office.policy, request.as_of).await?;
    let mut named = who::candidates(&request.who, &hr, &memory);
    named.dedup_by(|a, b| a.id == b.id);
    let mut named: Vec<PersonId> = named.into_iter().map(|it| it.id).collect();
    if named.is_empty() {
        // Somebody whom UKG does not show any more can still have left by mistake.
        named.extend(who::linked(&request.who, memory.links()).map(|it| it.person));
    }
    let person = match who::only(named) {
        Found::One(person) => person,
        Found::Several(all) => return Ok(Found::Several(all)),
        Found::Nobody => return Ok(Found::Nobody),
    };
    let desk = Desk { office, request, memory: &memory, hr: &hr, person: &person };
    let (verdict, pack, side) = desk.decide().await?;
    let ending = match (verdict, pack, side) {
        (Verdict::Refused(refusal), _, _) => UndoEnding::Refused(refusal),
        (Verdict::Nothing(nothing), _, _) => UndoEnding::Nothing(nothing),
        (Verdict::Undo(undo), Some(pack), Some(side)) => {
            UndoEnding::Done(Box::new(desk.carry_out(undo, &pack, &side).await?))
        }
        (Verdict::Undo(_), _, _) => unreachable!("an undo is made from a pack and an account"),
    };
    let UndoRequest { as_of, dry_run, .. } = *request;
    Ok(Found::One(Undone { person, as_of, dry_run, ending }))
}

/// One undo under way.
struct Desk<'a> {
    office: &'a Office,
    request: &'a UndoRequest,
    memory: &'a Memory,
    hr: &'a HrSide,
    person: &'a PersonId,
}

impl Desk<'_> {
    /// Reads Okta for the newest pack, and decides.
    async fn decide(&self) -> Result<(Verdict, Option<UndoPack>, Option<OktaSide>), Error> {
        let Office { policy, ledger, .. } = self.office;
        let pack = ledger.undo_pack(self.person).await?;
        let packs = ledger.undo_packs(self.person).await?;
        let saved = match &pack {
            Some(pack) => Saved::Pack(of_decider(pack)),
            None => {
                packs.iter().filter_map(|it| it.used_at).max().map_or(Saved::Never, Saved::Used)
            }
        };
        let because = match &pack {
            None => String::new(),
            Some(pack) => format!(
                "departure of {} taken back by {}: {}",
                pack.departure, self.request.by, self.request.why
            ),
        };
        let (mut groups, mut apps, mut side, mut seen) = (Vec::new(), Vec::new(), None, None);
        if let Some(pack) = &pack {
            let reader = self.office.okta.reader();
            let wanted = Wanted {
                person: self.person.clone(),
                linked: Some(pack.user.clone()),
                strong: Box::default(),
                logins: Vec::new(),
                renames: Vec::new(),
                is_out: true,
            };
            let wanted = [wanted].into_iter().collect();
            let ours = Ours::of(Flow::Offboarding, policy, &self.hr.catalog);
            let (memo, as_of) = (Memo::default(), self.request.as_of);
            let lens = Lens { policy, hr: self.hr, memory: self.memory, as_of, memo: &memo };
            let read = OktaSide::read(&reader, policy, &ours, &lens, &wanted, false).await?;
            seen = read.seen(&pack.user);
            groups = reader.groups().await?;
            if !pack.apps.is_empty() {
                apps = reader.apps().await?;
            }
            side = Some(read);
        }
        let nothing = Default::default();
        let case = Case {
            person: self.person,
            hr: &self.hr_says(),
            hired: self.hired(),
            saved: &saved,
            seen: seen.as_ref(),
            key_attribute: &policy.okta.key_attribute,
            owned: &policy.owned_attributes(),
            is_protected: seen.as_ref().is_some_and(|it| self.is_protected(it)),
            holds: &self.memory.holds.of(self.person, self.request.as_of),
            groups: &groups,
            apps: &apps,
            directory: side.as_ref().map_or(&nothing, |it| &it.directory),
            because: &because,
        };
        Ok((undo::decide(&case), pack, side))
    }

    fn hr_says(&self) -> HrSays {
        match (self.hr.departure(self.person), self.hr.roster.has(self.person)) {
            (Some(last_day), _) => HrSays::Left { last_day },
            (None, true) => HrSays::Employed,
            (None, false) => HrSays::Unknown,
        }
    }

    /// When the present spell of work began. A hire that is still to come says nothing about it.
    fn hired(&self) -> Option<Timestamp> {
        let person = self.hr.roster.person(self.person)?;
        let primary = person.primary();
        let first = primary.row.last_hire?.to_zoned_datetime(primary.zone.clone()).ok()?;
        Some(first.timestamp()).filter(|it| *it <= self.request.as_of)
    }

    fn is_protected(&self, seen: &Seen) -> bool {
        let okta = &self.office.policy.okta;
        let names = [seen.account.login.as_str(), seen.account.id.as_str()];
        names.iter().any(|it| okta.protected_users.contains(*it) || okta.canaries.contains(*it))
    }
}

fn of_decider(pack: &UndoPack) -> Pack {
    let UndoPack {
        person: _,
        user,
        departure,
        status,
        groups,
        apps,
        profile,
        saved_at,
        run: _,
        used_at: _,
    } = pack.clone();
    Pack { user, departure, status, groups, apps, profile, saved_at }
}
