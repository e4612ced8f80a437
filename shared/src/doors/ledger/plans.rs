//! Plans that wait for a person's word, and what the word was.
//!
//! Approval is for one plan by its hash, ends by itself, and is used up by the run that applies
//! it. A plan can be larger than a record, so its body is kept in parts beside its head.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Ledger,
    codec::Format,
    error::Error,
    sortable,
    standstill::by_hand,
    store::{Expect, Key},
};
use crate::words::ids::{PlanId, RunId};

const PLAN: Format = Format::v1("plan");
const PART: Format = Format::v1("plan-part");

/// The length of a part before it is quoted as JSON, in bytes. Quotes are escaped, so the record
/// is longer: twice as long when it is nothing but quotes.
const PART_LEN: usize = 180_000;

/// A plan that was held, without its body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Its id.
    pub id: PlanId,
    /// The flow that made it.
    pub flow: String,
    /// Its whole hash, which is what gets approved.
    pub hash: String,
    /// Where it stands.
    pub state: PlanState,
    /// When it was held.
    pub created: Timestamp,
    /// When it is too old to be approved or applied.
    pub expires: Timestamp,
}

/// Where a plan stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlanState {
    /// It waits.
    Held,
    /// It may be applied, once.
    Approved {
        /// Who said so.
        by: String,
        /// The reason given.
        why: String,
        /// When.
        at: Timestamp,
        /// When the approval ends.
        until: Timestamp,
    },
    /// It was applied, and the approval is used up.
    Applied {
        /// Who had approved.
        by: String,
        /// The run that applied it.
        run: RunId,
        /// When.
        at: Timestamp,
    },
    /// Somebody said no.
    Rejected {
        /// Who.
        by: String,
        /// The reason given.
        why: String,
        /// When.
        at: Timestamp,
    },
    /// Nobody said anything in time.
    Expired,
}

impl PlanState {
    /// The state in one word.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Approved { .. } => "approved",
            Self::Applied { .. } => "applied",
            Self::Rejected { .. } => "rejected",
            Self::Expired => "expired",
        }
    }
}

impl Plan {
    /// The plan as it stands at `now`: time ends plans and approvals without anybody writing.
    fn at(mut self, now: Timestamp) -> Self {
        self.state = match self.state {
            PlanState::Held if self.expires <= now => PlanState::Expired,
            PlanState::Approved { until, .. } if until.min(self.expires) <= now => {
                PlanState::Expired
            }
            state @ (PlanState::Held
            | PlanState::Approved { .. }
            | PlanState::Applied { .. }
            | PlanState::Rejected { .. }
            | PlanState::Expired) => state,
        };
        self
    }

    /// Whether a plan of the same hash, made again, is still this one.
    fn still_speaks(&self, now: Timestamp) -> bool {
        match self.state {
            PlanState::Held | PlanState::Approved { .. } => true,
            // A rejected plan that is made again every night stays rejected for its time.
            PlanState::Rejected { .. } => now < self.expires,
            PlanState::Applied { .. } | PlanState::Expired => false,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Part {
    text: String,
}

fn plan_key(id: &PlanId) -> Key {
    Key::new("plan", id.as_str())
}

fn parts_of(id: &PlanId) -> String {
    format!("plan-part#{id}")
}

/// Splits a text where characters end.
pub(super) fn split(text: &str) -> Vec<&str> {
    let mut res = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (part, tail) = rest.split_at(rest.floor_char_boundary(PART_LEN));
        res.push(part);
        rest = tail;
    }
    res
}

impl Ledger {
    /// Holds a plan. A plan of the same id that still waits, is approved, or was rejected and
    /// has not expired stays as it is. Returns the plan as it now stands.
    ///
    /// # Errors
    /// [`Error::Conflict`] when its state changed meanwhile; or when the store fails.
    pub async fn hold_plan(
        &self,
        plan: &Plan,
        body: &serde_json::Value,
        now: Timestamp,
    ) -> Result<Plan, Error> {
        let before = self.read::<Plan>(PLAN, &plan_key(&plan.id)).await?;
        let expect = match before {
            Some((before, rev)) => {
                let before = before.at(now);
                if before.still_speaks(now) {
                    return Ok(before);
                }
                Expect::Rev(rev)
            }
            None => Expect::Absent,
        };
        self.news.note_one();
        // The parts come first, so that a plan that can be seen can be read. They depend on the
        // hash alone: writing them a second time changes nothing.
        let text = body.to_string();
        for (number, part) in (0..).zip(split(&text)) {
            let key = Key::new(parts_of(&plan.id), sortable(number));
            let part = Part { text: part.to_owned() };
            self.store.put(PART.draft(key, &part), Expect::Any).await?;
        }
        self.store.put(PLAN.draft(plan_key(&plan.id), plan), expect).await?;
        Ok(plan.clone())
    }

    /// A plan as it stands at `now`.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn plan(&self, id: &PlanId, now: Timestamp) -> Result<Option<Plan>, Error> {
        Ok(self.read::<Plan>(PLAN, &plan_key(id)).await?.map(|(it, _)| it.at(now)))
    }

    /// What a plan would do, as it was given to [`Self::hold_plan`].
    ///
    /// # Errors
    /// When there is no such plan, or the store fails.
    pub async fn plan_body(&self, id: &PlanId) -> Result<serde_json::Value, Error> {
        let parts = self.records(&parts_of(id), None, None).await?;
        if parts.is_empty() {
            return Err(Error::NoSuch { key: plan_key(id) });
        }
        let mut text = String::new();
        for it in &parts {
            text.push_str(&PART.decode::<Part>(it)?.text);
        }
        serde_json::from_str(&text).map_err(|_| Error::Corrupt { key: plan_key(id) })
    }

    /// Every plan as it stands at `now`; filter by [`PlanState::as_str`] or by pattern.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn plans(&self, now: Timestamp) -> Result<Vec<Plan>, Error> {
        Ok(self.all::<Plan>(PLAN, "plan").await?.into_iter().map(|it| it.at(now)).collect())
    }

    /// Allows a held plan to be applied once, until `until`.
    ///
    /// # Errors
    /// [`Error::WrongState`] unless it is held; [`Error::NoSuch`]; or when the store fails.
    pub async fn approve_plan(
        &self,
        id: &PlanId,
        by: &str,
        why: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Plan, Error> {
        self.move_plan(id, now, |plan| match plan.state {
            PlanState::Held => {
                let (by, why) = (by.to_owned(), why.to_owned());
                Some(PlanState::Approved { by, why, at: now, until })
            }
            PlanState::Approved { .. }
            | PlanState::Applied { .. }
            | PlanState::Rejected { .. }
            | PlanState::Expired => None,
        })
        .await
    }

    /// Says no to a plan that is held, or takes an approval back that was not used yet.
    ///
    /// # Errors
    /// [`Error::WrongState`] when it is too late; [`Error::NoSuch`]; or when the store fails.
    pub async fn reject_plan(
        &self,
        id: &PlanId,
        by: &str,
        why: &str,
        now: Timestamp,
    ) -> Result<Plan, Error> {
        self.move_plan(id, now, |plan| match plan.state {
            PlanState::Held | PlanState::Approved { .. } => {
                Some(PlanState::Rejected { by: by.to_owned(), why: why.to_owned(), at: now })
            }
            PlanState::Applied { .. } | PlanState::Rejected { .. } | PlanState::Expired => None,
        })
        .await
    }

    /// Uses an approval up, *before* the plan is applied: an approval must not serve twice, and
    /// what a crash leaves undone is planned anew anyway. `hash` is that of the plan about to be
    /// applied.
    ///
    /// # Errors
    /// [`Error::WrongState`] when the plan is not approved or is not the one that was approved;
    /// [`Error::Conflict`] when another run was faster; or when the store fails.
    pub async fn use_approval(
        &self,
        id: &PlanId,
        hash: &str,
        run: &RunId,
        now: Timestamp,
    ) -> Result<Plan, Error> {
        self.move_plan(id, now, |plan| match &plan.state {
            PlanState::Approved { by, .. } if plan.hash == hash => {
                Some(PlanState::Applied { by: by.clone(), run: run.clone(), at: now })
            }
            PlanState::Held
            | PlanState::Approved { .. }
            | PlanState::Applied { .. }
            | PlanState::Rejected { .. }
            | PlanState::Expired => None,
        })
        .await
    }

    async fn move_plan(
        &self,
        id: &PlanId,
        now: Timestamp,
        next: impl Fn(&Plan) -> Option<PlanState>,
    ) -> Result<Plan, Error> {
        let key = plan_key(id);
        let Some((plan, rev)) = self.read::<Plan>(PLAN, &key).await? else {
            return Err(Error::NoSuch { key });
        };
        let plan = plan.at(now);
        let Some(state) = next(&plan) else {
            return Err(Error::WrongState { key, state: plan.state.as_str() });
        };
        let plan = Plan { state, ..plan };
        let word = PLAN.put(key, &plan, Expect::Rev(rev));
        self.store.transact(vec![word, by_hand()]).await?;
        Ok(plan)
    }
}
