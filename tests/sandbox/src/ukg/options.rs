//! What a customer's UKG Pro instance is like, and what is not known about any.

use std::collections::BTreeSet;

use jiff::tz::Offset;

use crate::Clock;

/// The web service account's user.
pub const USER: &str = "svc-rollcall";
/// Its password; recognizable, so that stories can search everything written for it.
pub const PASSWORD: &str = "PWMARK-ukg-7c2e91";
/// The customer API key. Five characters, as UKG gives them.
pub const CUSTOMER_KEY: &str = "LK5MK";

/// A web service the account may be allowed to view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grant {
    /// "Employee Export": employee-changes.
    EmployeeExport,
    /// "Employee Person Details".
    EmployeePersonDetails,
    /// "Employee Job History Details".
    EmployeeJobHistoryDetails,
    /// "Personnel Integration": the other people endpoints.
    PersonnelIntegration,
    /// "Company Configuration Integration".
    CompanyConfiguration,
}

impl Grant {
    /// Every grant.
    pub const ALL: [Grant; 5] = [
        Grant::EmployeeExport,
        Grant::EmployeePersonDetails,
        Grant::EmployeeJobHistoryDetails,
        Grant::PersonnelIntegration,
        Grant::CompanyConfiguration,
    ];
}

/// What employee-changes does when asked more often than every three hours, eight times a day.
///
/// UKG writes the rule down and not what happens to those who break it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cadence {
    /// It answers all the same.
    Unwatched,
    /// 429.
    TooManyRequests,
    /// 400.
    BadRequest,
}

/// The switches of a simulated instance. The default is what the documentation says, or the
/// likelier of two readings.
#[derive(Clone, Debug)]
pub struct Options {
    /// The port on 127.0.0.1; 0 for any.
    pub port: u16,
    /// The simulated time.
    pub clock: Clock,
    /// The offset of the instance's stamps and of its midnight. UKG's stamps carry no zone.
    pub offset: Offset,
    /// What the account may view.
    pub grants: BTreeSet<Grant>,
    /// Whether a termination ahead shows T at once. Seen in two customers' exports; unconfirmed
    /// for REST.
    pub early_t: bool,
    /// Whether codes are padded to their column's width. Unconfirmed for REST.
    pub is_padded: bool,
    /// Whether lists of more than one page carry a Link header.
    pub has_links: bool,
    /// The people endpoints' default and largest page: 10,000 since 2022, 100 before.
    pub page_size: usize,
    /// Requests per minute, or no limit. UKG does not publish the number.
    pub quota: Option<u32>,
    /// Seconds in `Retry-After` on a 429. UKG sends none and is "considering" it.
    pub retry_after: Option<u32>,
    /// What becomes of too frequent calls of employee-changes.
    pub cadence: Cadence,
    /// Whether employee-changes shows only what was changed before the last full three hours.
    pub is_windowed: bool,
    /// Whether employee-changes refuses an `endDate` in the running three hours. Unconfirmed.
    pub refuses_recent_end: bool,
    /// Whether `employeeStatusCode!=T` works. One client used it; no page mentions it.
    pub knows_not_equal: bool,
    /// Whether `=>01-31-2025` leaves that day out. Read as "from that day on" unless set.
    pub after_excludes_day: bool,
    /// Whether a rehire on the old record still shows the earlier termination date. Unconfirmed.
    pub keeps_earlier_end: bool,
    /// Component companies whose rows are left out without a word: a lost grant, an outage.
    pub hidden_companies: BTreeSet<String>,
    /// Persons (by personId) whose rows are left out without a word.
    pub hidden_people: BTreeSet<String>,
    /// Whether lists begin with the people who came last: the order of rows is documented nowhere.
    pub lists_backwards: bool,
    /// Columns (by wire name) that are suddenly null in every row.
    pub blank_columns: BTreeSet<String>,
    /// Whether supervisor-details without rows answers 404, as its clients saw, or `[]`.
    pub supervisors_404: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            clock: Clock::default(),
            offset: Offset::constant(-5),
            grants: Grant::ALL.into(),
            early_t: true,
            is_padded: false,
            has_links: true,
            page_size: 10_000,
            quota: None,
            retry_after: None,
            cadence: Cadence::Unwatched,
            is_windowed: true,
            refuses_recent_end: false,
            knows_not_equal: false,
            after_excludes_day: false,
            keeps_earlier_end: false,
            hidden_companies: BTreeSet::new(),
            hidden_people: BTreeSet::new(),
            lists_backwards: false,
            blank_columns: BTreeSet::new(),
            supervisors_404: true,
        }
    }
}
