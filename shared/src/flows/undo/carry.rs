//! Carries an undo out, remembers that it was, and tells people.

use jiff::{Span, Timestamp};

use super::{Deed, Desk, NAME, text};
use crate::{
    deciders::{
        evidence::event::Approval,
        lifecycle::{Before, StandingKind},
        plan::Plan,
        undo::{self, Letter, Undo},
    },
    doors::{
        ledger::{Exit, Fingerprint, Lease, Settlement, Snapshot, UndoPack},
        outbox::About,
    },
    flows::{
        Error, Office, Request, UndoRequest,
        aim::WATCHED,
        apply::{self, Site},
        held, keep, lease, letters,
        memory::State,
        okta_side::OktaSide,
        tell,
        witness::Witness,
    },
    words::{
        account::Status,
        action::Outcome,
        flow::Flow,
        hold::{Hold, HoldKind},
    },
};

impl Desk<'_> {
    pub(super) async fn carry_out(
        &self,
        undo: Undo,
        pack: &UndoPack,
        side: &OktaSide,
    ) -> Result<Deed, Error> {
        let UndoRequest { as_of, hold_days, by, why, .. } = self.request;
        let until = as_of.checked_add(Span::new().hours(24 * i64::from(*hold_days)));
        let hold = undo.to_hold.map(|departure| Hold {
            person: self.person.clone(),
            kind: HoldKind::Undone,
            owner: by.clone(),
            reason: why.clone(),
            since: *as_of,
            until: Some(until.unwrap_or(Timestamp::MAX)),
            departure: Some(departure),
        });
        let plan = Plan::new(vec![undo.part.clone()]);
        let mut deed = Deed {
            run: None,
            login: undo.part.login.clone(),
            departure: pack.departure,
            left_by: pack.run.clone(),
            undo,
            steps: held::as_planned(&plan, Outcome::Planned),
            findings: Vec::new(),
            hold,
            is_verified: false,
        };
        if self.request.dry_run {
            return Ok(deed);
        }
        let mut lease = lease::take(self.office, NAME, lease::LOCAL).await?;
        deed.run = Some(lease.run().clone());
        let ours = lease.clone();
        let outcome = tokio::select! {
            outcome = self.act(&ours, &plan, pack, side, &mut deed) => outcome,
            lost = lease::keep_alive(self.office, Some(&mut lease)) => Err(lost),
        };
        let status = if outcome.is_err() { 1 } else { deed.exit_status() };
        let exit = Exit { at: (self.office.clock)(), status, counts: [].into() };
        Witness::of(self.office, &lease, *as_of).seal(NAME).await?;
        let finished = self.office.ledger.finish_run(lease, exit).await;
        outcome?;
        finished?;
        self.tell(&deed).await?;
        Ok(deed)
    }

    async fn act(
        &self,
        lease: &Lease,
        plan: &Plan,
        pack: &UndoPack,
        side: &OktaSide,
        deed: &mut Deed,
    ) -> Result<(), Error> {
        let Office { policy, ledger, .. } = self.office;
        self.settle_interrupted(lease).await?;
        if let Some(hold) = &deed.hold {
            ledger.put_hold(hold).await?;
        }
        let mut after = side.seen(&pack.user);
        deed.is_verified = true;
        if !plan.is_empty() {
            let request = Request::new(Flow::Offboarding, self.request.as_of);
            // Whoever undoes a departure answers for every step of it.
            let word = Approval { plan: "undo".into(), hash: None, by: self.request.by.clone() };
            let approvals =
                plan.actions().map(|(part, it)| (part.digest(it), word.clone())).collect();
            let site = Site {
                office: self.office,
                request: &request,
                lease,
                plan_hash: plan.hash(&policy.hash),
                first_seq: 0,
                re_read: true,
                hr: self.hr,
                memory: self.memory,
                approvals: &approvals,
            };
            let applied = apply::apply(&site, plan, side).await?;
            deed.is_verified = false;
            for it in applied.people {
                deed.is_verified = it.is_verified;
                deed.steps = it.steps;
                deed.findings = it.findings;
                after = it.seen;
            }
            if let Some(error) = applied.stopped_by {
                return Err(error);
            }
        }
        if after.is_some_and(|it| is_open(it.account.status)) {
            self.remember_open(lease).await?;
        }
        if deed.is_verified {
            ledger.close_undo(lease.fence(), self.person, (self.office.clock)()).await?;
        }
        Ok(())
    }

    /// The account was last seen open, by our own doing: a suspension from now on is somebody
    /// else's and stays. The fingerprint fits no record, so runs look until HR is corrected.
    async fn remember_open(&self, lease: &Lease) -> Result<(), Error> {
        let snapshot = Snapshot {
            person: self.person.clone(),
            fingerprint: Fingerprint(WATCHED),
            fields: State { before: Some(Before::of(StandingKind::Open)), ..State::default() }
                .to_fields(&[].into()),
            verified_at: (self.office.clock)(),
            run: lease.run().clone(),
        };
        Ok(self.office.ledger.put_snapshots(lease.fence(), &[snapshot]).await?)
    }

    /// Closes the book on steps of undos that were cut off. No other undo is under way: this one
    /// has the lease.
    async fn settle_interrupted(&self, lease: &Lease) -> Result<(), Error> {
        let open = self.memory.interrupted.iter();
        for it in open.filter(|it| keep::flow_name(&it.run) == NAME) {
            let settlement = Settlement {
                outcome: Outcome::Skipped,
                request_id: None,
                at: (self.office.clock)(),
                detail: Some(format!("interrupted, and looked at anew by {}", lease.run())),
            };
            Witness::of(self.office, lease, self.request.as_of).found(it, &settlement).await?;
            self.office.ledger.settle(&it.run, it.seq, settlement).await?;
        }
        Ok(())
    }

    async fn tell(&self, deed: &Deed) -> Result<(), Error> {
        let (Some(run), Some(login)) = (&deed.run, &deed.login) else { return Ok(()) };
        let name = self.hr.roster.person(self.person).as_ref().and_then(tell::name_of);
        let steps: Vec<String> = deed.steps.iter().map(text::step).collect();
        let letter = Letter {
            run,
            person: self.person,
            name: name.as_deref().unwrap_or("(no name in HR)"),
            login,
            departure: deed.departure,
            by: &self.request.by,
            why: &self.request.why,
            steps: &steps,
            losses: &deed.undo.losses,
            held_until: deed.hold.as_ref().and_then(|it| it.until),
        };
        let about = About { flow: "undo".to_owned(), companies: Vec::new() };
        let letters = undo::letters(&letter).into_iter().map(|it| (it, about.clone()));
        letters::write(self.office, letters).await?;
        letters::send(self.office).await
    }
}

fn is_open(status: Status) -> bool {
    match status {
        Status::Provisioned
        | Status::Active
        | Status::Recovery
        | Status::PasswordExpired
        | Status::LockedOut => true,
        Status::Staged | Status::Suspended | Status::Deprovisioned => false,
    }
}
