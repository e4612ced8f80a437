//! What an HR department does, one function an act.
//!
//! An act takes who and when, changes the truth at once (or leaves a [`super::Pending`] for its
//! day), and says what it did. It is entered at [`super::Company::now`]. People are named by
//! personId; an act on an unknown one is a mistake in the story and panics.

mod contracts;
mod day;
mod joiners;
mod leavers;
mod leaves;
mod mishaps;
mod movers;
mod org;
mod pick;

use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::Serialize;

pub use contracts::{end_contract_early, extend_contract, lose_contract_end, set_custom_end};
pub use day::a_day_in_hr;
pub use joiners::{
    NewHire, Rescission, clear_for_rehire, hire, move_start, rehire, rehire_as_duplicate,
    rehire_with_new_number, rescind_hire,
};
pub use leavers::{Leaving, move_termination, rescind_termination, terminate};
pub use leaves::{back_to_work, lay_off, return_from_leave, start_leave, strike, suspend};
pub use mishaps::{
    blank_department, change_number, duplicate, malform, repair, unheard_status, unknown_job,
};
pub use movers::{
    add_employment, change_department, change_job, change_location, change_name,
    change_preferred_name, change_supervisor, convert, convert_by_new_record, end_one_of_two,
    transfer,
};
pub use org::{recode_department, rename_department, split_department};

pub(super) use {joiners::enroll, movers::transfer_row};

use super::{Change, Company, Pending};

macro_rules! acts {
    ($($(#[$doc:meta])+ $name:ident,)+) => {
        /// The kinds of things that happen in HR.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Act {
            $($(#[$doc])+ $name,)+
        }

        impl Act {
            /// Every kind.
            pub const ALL: &[Act] = &[$(Act::$name,)+];
        }
    };
}

acts! {
    /// A hire who starts today.
    HireToday,
    /// A hire who starts later.
    HireFuture,
    /// A hire entered after the start.
    HireLate,
    /// A hire who will not come.
    RescindHire,
    /// A start date moved.
    MoveStart,
    /// A termination entered on the last day.
    Terminate,
    /// A termination entered ahead.
    TerminateFuture,
    /// A termination entered too late.
    TerminateBackdated,
    /// A termination with a reason that means "now".
    TerminateImmediate,
    /// A death.
    Decease,
    /// A termination taken back before its day.
    RescindTerminationBefore,
    /// A termination taken back after its day.
    RescindTerminationAfter,
    /// A termination date moved.
    MoveTermination,
    /// Another department.
    ChangeDepartment,
    /// Another job.
    ChangeJob,
    /// Another location.
    ChangeLocation,
    /// Another supervisor, or none.
    ChangeSupervisor,
    /// Another legal name.
    ChangeName,
    /// Another preferred name.
    ChangePreferredName,
    /// Contractor to employee, or back, by a change of type.
    Convert,
    /// Contractor to employee by a new record.
    ConvertByNewRecord,
    /// To another component company: an old row with TRO and a new row.
    Transfer,
    /// A second employment beside the first.
    AddEmployment,
    /// The end of one of two employments.
    EndOneOfTwo,
    /// A rehire on the old record.
    RehireSameNumber,
    /// A rehire with a new employee number, same person.
    RehireNewNumber,
    /// A rehire entered as if nobody had known the person.
    RehireAsDuplicate,
    /// The start of a leave.
    StartLeave,
    /// The return from a leave.
    ReturnFromLeave,
    /// A suspension.
    Suspend,
    /// A strike.
    Strike,
    /// A lay-off.
    LayOff,
    /// The end of a suspension, strike or lay-off.
    BackToWork,
    /// A contract that runs longer.
    ExtendContract,
    /// A contract that ends early.
    EndContractEarly,
    /// A contract whose end date got lost.
    LoseContractEnd,
    /// A department with a new description.
    RenameDepartment,
    /// A department with a new code.
    RecodeDepartment,
    /// A department of which a part becomes a new one.
    SplitDepartment,
    /// A code that no table knows.
    UnknownCode,
    /// A blank department.
    BlankDepartment,
    /// Another employee number.
    ChangeNumber,
    /// A record gone wrong.
    Malform,
    /// A record put right.
    Repair,
    /// The same person entered twice.
    Duplicate,
}

/// One thing HR did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HrEvent {
    /// When it was entered.
    pub entered: Timestamp,
    /// Whom it is about; nobody in particular when a department is renamed.
    pub person_id: Option<String>,
    /// What it was.
    pub kind: Act,
    /// From when it holds: the start, the last day, the first day of the change.
    pub effective: Date,
    /// The same as a sentence.
    pub text: String,
}

impl Company {
    /// Writes the event down; the next act is entered a moment later.
    fn enter(
        &mut self,
        kind: Act,
        person: Option<usize>,
        effective: Date,
        text: String,
    ) -> HrEvent {
        let person_id = person.map(|it| self.people[it].person_id.clone());
        let event = HrEvent { entered: self.now, person_id, kind, effective, text };
        self.events.push(event.clone());
        self.now += SignedDuration::from_millis(1_237);
        event
    }

    /// The person, and the employment that counts today.
    fn find(&self, person_id: &str) -> (usize, usize) {
        let person = self.index_of(person_id);
        let employment = self.people[person].primary_on(self.today);
        (person, employment.expect("HR acts on people with at least one row"))
    }

    /// Makes the change now, or leaves it for its day.
    fn change_on(&mut self, person: usize, employment: usize, change: Change, on: Date) {
        let (today, now) = (self.today, self.now);
        let it = &mut self.people[person];
        let row = &mut it.employments[employment];
        if on <= today {
            row.apply(change, on, now);
            return;
        }
        self.pending.push(Pending {
            due: on,
            person_id: it.person_id.clone(),
            employee_id: row.employee_id.clone(),
            company_id: row.company_id.clone(),
            change,
        });
    }

    fn name_of(&self, person: usize) -> String {
        self.people[person].display_name()
    }
}
