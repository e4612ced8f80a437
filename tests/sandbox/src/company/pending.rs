//! What HR has entered for a later day.

use jiff::{Timestamp, civil::Date};

use super::{Company, Employment, JobRow, Status, days_after};

/// A change that waits for its day. Until then nothing of it is in the served row.
#[derive(Clone, Debug, PartialEq)]
pub struct Pending {
    /// The first day it holds.
    pub due: Date,
    /// Whose.
    pub person_id: String,
    /// On which employment.
    pub employee_id: String,
    /// In which company.
    pub company_id: String,
    /// What changes.
    pub change: Change,
}

/// A change of one employment.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// All four org levels.
    Org([Option<String>; 4]),
    /// The job.
    Job(String),
    /// The location.
    Location(String),
    /// The supervisor's employeeId.
    Supervisor(Option<String>),
    /// The employee type.
    EmployeeType(String),
    /// The status, the leave reason, and until when it is expected to last.
    Status(Status, Option<String>, Option<Date>),
}

impl Employment {
    /// Makes the change, effective that day, entered at that moment.
    pub(super) fn apply(&mut self, change: Change, effective: Date, entered: Timestamp) {
        self.changed = entered;
        let reason = match change {
            Change::Org(org) => {
                self.org = org;
                "300"
            }
            Change::Job(job) => {
                self.job = job;
                self.in_job_since = effective;
                "200"
            }
            Change::Location(location) => {
                self.location = location;
                "301"
            }
            Change::Supervisor(supervisor) => {
                self.supervisor = supervisor;
                "302"
            }
            Change::EmployeeType(code) => {
                self.employee_type = code;
                "303"
            }
            Change::Status(status, reason, until) => {
                self.status = status;
                self.status_since = effective;
                self.status_until = until;
                self.leave_reason = reason;
                "400"
            }
        };
        self.write_history(effective, reason, entered);
    }

    /// Adds a row to the job history that tells how the employment stands.
    pub(super) fn write_history(
        &mut self,
        effective: Date,
        reason: &'static str,
        created: Timestamp,
    ) {
        self.history.push(JobRow {
            effective,
            reason,
            job: self.job.clone(),
            org: self.org.clone(),
            location: self.location.clone(),
            created,
        });
    }
}

impl Company {
    /// Lets the days pass until that one (never backwards): future-dated changes that have become
    /// due are made, and their rows carry the stamp of the instance's nightly run.
    pub fn roll_to(&mut self, date: Date) {
        while self.today < date && !self.pending.is_empty() {
            self.today = days_after(self.today, 1);
            self.run_night();
        }
        self.today = self.today.max(date);
        self.now = self.now.max(self.midnight(self.today));
    }

    fn run_night(&mut self) {
        let today = self.today;
        let stamp = self.midnight(today);
        let (due, later) = self.pending.drain(..).partition(|it: &Pending| it.due <= today);
        self.pending = later;
        let due: Vec<Pending> = due;
        for it in due {
            let person = self.index_of(&it.person_id);
            let employment = self.people[person]
                .employments
                .iter_mut()
                .find(|row| row.employee_id == it.employee_id && row.company_id == it.company_id);
            // Gone when HR deleted the row in the meantime; then there is nothing to change.
            if let Some(employment) = employment {
                employment.apply(it.change, it.due, stamp);
            }
        }
    }

    /// Five past midnight by the instance's clock: when the nightly run touches rows.
    fn midnight(&self, date: Date) -> Timestamp {
        self.offset
            .to_timestamp(date.at(0, 5, 0, 0))
            .expect("the company does not live at the end of time")
    }
}
