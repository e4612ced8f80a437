//! Why one person's account is, or will be, as it is. It reads what a run reads, plans what a run
//! plans, and writes nothing; [`super::explain_text`] puts it into words.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::Timestamp;

use super::{
    Error, Office, by_group,
    draft::Draft,
    explain_text as text,
    hr_side::{self, HrSide},
    keep,
    look::{Lens, Look},
    memory::Memory,
    okta_side::{OktaSide, Ours, Wanted},
    who,
};
use crate::{
    deciders::{
        accounts::Match,
        contracts, guard,
        holds::{self, Upheld},
        lifecycle::{self, StandingKind},
        mapping::Memo,
        plan::{ManagerWish, PersonPlan, Seen},
    },
    words::{
        account::Status,
        action::ActionKind,
        desired::{Rule, Wish},
        finding::{Finding, Subject},
        flow::Flow,
        hold::Hold,
        ids::{Code, CompanyId, EmployeeId, Login, OktaUserId, PersonId},
        person::Person,
        shelf::Shelf,
        value::Value,
    },
};

/// Everything that there is to say about one person.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The instant for which was decided.
    pub as_of: Timestamp,
    /// Who.
    pub person: PersonId,
    /// The login, if there is an account.
    pub login: Option<Login>,
    /// Every employment; the first one speaks for the person.
    pub employments: Vec<Job>,
    /// Whether the person works here and why, in sentences.
    pub presence: Vec<String>,
    /// What the account should be.
    pub standing: StandingKind,
    /// The flow that looks after the person now.
    pub flow: Option<Flow>,
    /// The account, and what Okta says of it.
    pub account: Option<(OktaUserId, Status)>,
    /// Every attribute that the policy maps.
    pub attributes: Vec<Mapped>,
    /// Groups that are given, held or taken.
    pub groups: Vec<Grant>,
    /// Apps that are given, held or taken.
    pub apps: Vec<Grant>,
    /// The manager and why.
    pub manager: String,
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// Whether one of the findings holds the person, so that nothing is planned.
    pub is_held: bool,
    /// The holds that stand, with owner, reason and end.
    pub holds: Vec<Hold>,
    /// What would be done now.
    pub plans: Vec<PersonPlan>,
    /// Whether it would wait for an approval, because a hold asks for one.
    pub is_asked_first: bool,
    /// What time alone changes next, soonest first.
    pub due: Vec<Due>,
}

/// Something that happens by itself.
#[derive(Clone, Debug)]
pub struct Due {
    /// When.
    pub at: Timestamp,
    /// The same by the calendar of the person's own zone.
    pub local: String,
    /// What, as a clause.
    pub what: String,
}

/// One employment.
#[derive(Clone, Debug)]
pub struct Job {
    /// The company.
    pub company: CompanyId,
    /// The employee.
    pub employee: EmployeeId,
    /// The status code.
    pub status: Option<Code>,
    /// The hire that counts.
    pub hired: Option<jiff::civil::Date>,
}

/// One mapped attribute.
#[derive(Clone, Debug)]
pub struct Mapped {
    /// The attribute.
    pub name: Arc<str>,
    /// What Okta has.
    pub now: Option<Value>,
    /// What the policy wants.
    pub wish: Wish,
    /// The rule that wants it.
    pub rule: Option<Rule>,
}

/// One group or app.
#[derive(Clone, Debug)]
pub struct Grant {
    /// The group's name or the app's label.
    pub name: Arc<str>,
    /// Whether the person has it.
    pub held: Held,
    /// The rule that gives it.
    pub rule: Option<Rule>,
    /// Whether a group rule of Okta fills it.
    pub is_filled_by_rule: bool,
}

/// Whether somebody has a group or an app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// Has it, and nothing takes it.
    Has,
    /// Would get it now.
    Gets,
    /// Would lose it now.
    Loses,
    /// Should have it, and nothing gives it now.
    Lacks,
}

/// Explains `who`: a person id, an employee id, an employee number or the login of a linked
/// account. `None` when UKG has nobody of that name. Nothing is written.
///
/// # Errors
/// When UKG, Okta or the ledger cannot be read.
pub async fn explain(
    office: &Office,
    who: &str,
    as_of: Timestamp,
) -> Result<Option<Explanation>, Error> {
    let Office { policy, ledger, .. } = office;
    let memory = Memory::load(ledger).await?;
    let hr = hr_side::read(&office.ukg, policy, as_of).await?;
    let candidates = who::candidates(who, &hr, &memory);
    let Some(person) = candidates.first() else { return Ok(None) };
    let memo = Memo::default();
    let lens = Lens { policy, hr: &hr, memory: &memory, as_of, memo: &memo };

    let mut findings = about(person, &hr, &memory);
    let look = match lens.look(person, None) {
        Ok(look) => Some(look),
        Err(problems) => {
            findings.extend(problems);
            None
        }
    };
    let strong = policy.match_values(&lens.facts(person, lens.boss(&person.id).as_ref(), None));
    let wanted = match &look {
        Some(look) => Wanted::new(look, &memory, strong),
        None => Wanted {
            person: person.id.clone(),
            linked: memory.link(&person.id).map(|it| it.user),
            strong: strong.into(),
            logins: Vec::new(),
            renames: Vec::new(),
            is_out: false,
        },
    };
    let mut all = Shelf::default();
    all.push(&wanted);
    let reader = office.okta.reader();
    let ours = Ours::of(Flow::OrgSync, policy, &hr.catalog);
    let side = OktaSide::read(&reader, policy, &ours, &lens, &all, false).await?;
    let tombs = keep::tombstones(ledger, &all, &side, as_of).await?;
    let back = look.iter().filter(|it| it.is_back()).map(|it| it.person.clone());
    let back: Vec<Person> = back.collect();
    let kept = keep::recall(ledger, &back).await?;
    let mut draft = Draft::new(&side, &all, kept);
    let was_held = guard::held_people(&findings).contains(&person.id);
    if look.is_some() && !was_held {
        draft.add(&lens, person, &wanted, &side, &tombs);
    }
    by_group::spare(&reader, &mut draft).await?;
    let Draft { parts, findings: problems, .. } = draft;
    findings.extend(problems);
    let Upheld { parts: plans, findings: problems, asks, .. } =
        holds::uphold(parts, &memory.holds, |it| hr.departure(it), as_of);
    findings.extend(problems);
    findings.sort();
    findings.dedup();

    let seen = match wanted.find(&side) {
        Match::Ours(account) | Match::Strong { account, .. } => side.seen(&account.id),
        Match::Resembles(_) | Match::Several(_) | Match::Stolen(_) | Match::Nobody => None,
    };
    let rules = &policy.lifecycle;
    Ok(Some(Explanation {
        as_of,
        person: person.id.clone(),
        login: seen.as_ref().map(|it| it.account.login.clone()),
        employments: person.employments.iter().map(|it| job(&it.row)).collect(),
        presence: text::presence(person, rules)
            .into_iter()
            .chain(text::contract(person, &policy.contractors.warn_days))
            .collect(),
        standing: lens.standing(person).kind(),
        flow: lens.flow_of(person),
        account: seen.as_ref().map(|it| (it.account.id.clone(), it.account.status)),
        attributes: look.as_ref().map_or_else(Vec::new, |it| attributes(&lens, it, seen.as_ref())),
        groups: groups(look.as_ref(), seen.as_ref(), &plans, &side),
        apps: apps(look.as_ref(), seen.as_ref(), &plans),
        manager: text::manager(
            person.primary().row.supervisor.as_ref(),
            hr.managers.get(&person.id),
            look.as_ref().map_or(&ManagerWish::default(), |it| &it.manager),
        ),
        is_held: guard::held_people(&findings).contains(&person.id),
        findings,
        holds: memory.holds.of(&person.id, as_of).into_iter().cloned().collect(),
        plans,
        is_asked_first: !asks.is_empty(),
        due: due(&lens, person, look.as_ref()),
    }))
}

/// What time alone changes: the standing, the warnings before the end of a contract, the tier.
fn due(lens: &Lens<'_>, person: &Person, look: Option<&Look<'_>>) -> Vec<Due> {
    let Lens { policy, as_of, .. } = lens;
    let standing =
        lifecycle::due(person, lens.memory.before(&person.id), &policy.lifecycle, *as_of);
    let standing = standing.into_iter().map(|(at, what)| (at, what.to_string()));
    let warnings = contracts::warnings(person, &policy.contractors.warn_days, *as_of);
    let warnings = warnings.into_iter().map(|(at, days)| {
        (at, format!("the manager is told that the contract ends in {days} days"))
    });
    let lowers = look.and_then(|it| policy.mfa.as_ref()?.lowers_at(it.lower_since?));
    let lowers = lowers.map(|at| (at, "the less strict MFA tier comes".to_owned()));
    let blank = look.and_then(|it| Some(policy.hr.blanks_borne_until(it.blank_since?)));
    let blank = blank.map(|at| (at, "the person is held, unless HR fills the blank in".to_owned()));
    let dates = standing.chain(warnings).chain(lowers).chain(blank);
    let mut res: Vec<(Timestamp, String)> = dates.collect();
    res.sort();
    let zone = &person.primary().zone;
    res.into_iter().map(|(at, what)| Due { at, local: text::local(at, zone), what }).collect()
}

/// What reading HR found about this person.
fn about(person: &Person, hr: &HrSide, memory: &Memory) -> Vec<Finding> {
    let subject = Subject::Person(person.id.clone());
    let all = hr.findings.iter().cloned().chain(hr.nameless(memory));
    all.filter(|it| it.subject == subject).collect()
}

fn job(row: &crate::words::hr::EmploymentRow) -> Job {
    Job {
        company: row.company.clone(),
        employee: row.employee.clone(),
        status: row.status.clone(),
        hired: row.last_hire.or(row.original_hire),
    }
}

fn attributes(lens: &Lens<'_>, look: &Look<'_>, seen: Option<&Seen>) -> Vec<Mapped> {
    let wishes = look.desired.iter().flat_map(|it| &it.attributes);
    let mapped = wishes.map(|(name, wish)| Mapped {
        name: name.clone(),
        now: seen.and_then(|it| it.account.profile.get(name).cloned()),
        wish: wish.clone(),
        rule: lens.policy.attribute_rule(name),
    });
    mapped.collect()
}

fn groups(
    look: Option<&Look<'_>>,
    seen: Option<&Seen>,
    plans: &[PersonPlan],
    side: &OktaSide,
) -> Vec<Grant> {
    let (mut gets, mut loses) = (BTreeSet::new(), BTreeSet::new());
    for it in plans.iter().flat_map(|it| &it.actions) {
        if let ActionKind::Create(new) = &it.kind {
            gets.extend(new.groups.iter().map(|it| it.name.clone()));
        } else if let ActionKind::JoinGroup(group) = &it.kind {
            gets.insert(group.name.clone());
        } else if let ActionKind::LeaveGroup(group) = &it.kind {
            loses.insert(group.name.clone());
        }
    }
    let has: BTreeMap<_, _> =
        seen.iter().flat_map(|it| &it.groups).map(|it| (it.name.clone(), it)).collect();
    let nothing = BTreeMap::new();
    let wanted = look.and_then(|it| it.desired.as_ref()).map_or(&nothing, |it| &it.groups);
    let names = has.keys().cloned().collect();
    let mut grants = grants(wanted, &names, &gets, &loses);
    for it in &mut grants {
        let filled = |id| side.directory.is_filled_by_rule(id);
        it.is_filled_by_rule = has.get(&it.name).is_some_and(|it| filled(&it.id))
            || side
                .directory
                .owned_groups()
                .any(|group| group.name == it.name && filled(&group.id));
    }
    grants
}

fn apps(look: Option<&Look<'_>>, seen: Option<&Seen>, plans: &[PersonPlan]) -> Vec<Grant> {
    let (mut gets, mut loses) = (BTreeSet::new(), BTreeSet::new());
    for it in plans.iter().flat_map(|it| &it.actions) {
        if let ActionKind::AssignApp(app) = &it.kind {
            gets.insert(app.label.clone());
        } else if let ActionKind::UnassignApp(app) = &it.kind {
            loses.insert(app.label.clone());
        }
    }
    let has = seen.iter().flat_map(|it| &it.apps).map(|it| it.label.clone()).collect();
    let nothing = BTreeMap::new();
    let wanted = look.and_then(|it| it.desired.as_ref()).map_or(&nothing, |it| &it.apps);
    grants(wanted, &has, &gets, &loses)
}

fn grants(
    wanted: &BTreeMap<Arc<str>, Rule>,
    has: &BTreeSet<Arc<str>>,
    gets: &BTreeSet<Arc<str>>,
    loses: &BTreeSet<Arc<str>>,
) -> Vec<Grant> {
    let names: BTreeSet<&Arc<str>> = wanted.keys().chain(has).collect();
    let grants = names.into_iter().map(|name| Grant {
        name: name.clone(),
        held: match has.contains(name) {
            true if loses.contains(name) => Held::Loses,
            true => Held::Has,
            false if gets.contains(name) => Held::Gets,
            false => Held::Lacks,
        },
        rule: wanted.get(name).cloned(),
        is_filled_by_rule: false,
    });
    grants.collect()
}
