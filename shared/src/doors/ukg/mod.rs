//! The door to UKG Pro: reads who works here, and cannot write.
//!
//! What leaves this door are the typed rows of [`crate::words::hr`] and [`Finding`]s about rows
//! that could not be read; columns that no mapping needs, social security numbers among them,
//! are stepped over while parsing. It refuses to know what a status means, who is a leaver, and
//! what day it is: that is for the deciders.
//!
//! A read is whole or an error. Absence from a narrow read means nothing at all.

mod client;
mod date;
mod endpoint;
mod error;
mod line;
mod lookups;
mod page;
mod paging;
mod people;
mod probe;
mod retry;
mod scope;
mod table;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

pub use self::{
    client::{Client, Credentials, Settings, Shape},
    endpoint::{EmployeeFilter, EmploymentFilter, Endpoint, PersonFilter},
    error::Error,
    retry::Patience,
    scope::{FEW, Scope},
};
use self::{endpoint::Question, lookups::TableName};
use crate::words::{
    finding::{Finding, FindingCode, Subject},
    hr::{
        Catalog, ChangeRow, CodeRow, CompanyRow, ContractRow, EmploymentRow, JobRow, LocationRow,
        OrgLevelRow, PersonRow, SupervisorRow, UdfRow,
    },
    ids::Code,
    shelf::Shelf,
};

/// What was read, and what was wrong with single rows of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Read<T> {
    /// What could be read.
    pub rows: T,
    /// What could not, by subject.
    pub findings: Vec<Finding>,
    /// Pages that had rows. An answer without any is empty and no error: whether nobody at all
    /// can be right is for the guard to say.
    pub pages: u32,
}

impl<T> Read<T> {
    /// Takes over what another read has told, and hands back its rows.
    fn absorb<U>(&mut self, other: Read<U>) -> U {
        self.findings.extend(other.findings);
        self.pages += other.pages;
        other.rows
    }
}

/// # Errors
///
/// All reads fail whole: on the first page that is missing after the [`Patience`] is used up, is
/// not an array of objects, comes twice, or lies on another host.
impl Client {
    /// Employments, in the [`Shape`] of the settings. About one employee: all companies.
    pub async fn employments(
        &self,
        filter: &EmploymentFilter,
    ) -> Result<Read<Vec<EmploymentRow>>, Error> {
        paging::read(self, &filter.question(self.settings().shape)?).await
    }

    /// The same of everybody, packed.
    async fn everybodys_employments(&self) -> Result<Read<Shelf<EmploymentRow>>, Error> {
        let everyone = EmploymentFilter::Everyone;
        paging::read(self, &everyone.question(self.settings().shape)?).await
    }

    /// Identities.
    pub async fn persons(&self, filter: &PersonFilter) -> Result<Read<Vec<PersonRow>>, Error> {
        paging::read(self, &filter.question()?).await
    }

    /// The same of everybody, packed.
    async fn everybodys_identities(&self) -> Result<Read<Shelf<PersonRow>>, Error> {
        paging::read(self, &PersonFilter::Everyone.question()?).await
    }

    /// Contracts; several per person are usual.
    pub async fn contracts(
        &self,
        filter: &EmployeeFilter,
    ) -> Result<Read<Vec<ContractRow>>, Error> {
        paging::read(self, &filter.question(Endpoint::ContractDetails)?).await
    }

    /// One of the customer's own fields, by its slot (`personnelUDField05`) or by what the customer
    /// calls it; letters' case does not matter. No other field is kept for longer than it takes to
    /// step over it.
    ///
    /// Whether a change here moves any of UKG's stamps is nowhere said, so that a poll may miss it
    /// and the nightly read of everybody has to find it. A field that nobody has, such as one with
    /// a slip of the pen in its name, is a finding: it would take the end date of every contractor
    /// away without a word.
    pub async fn user_defined_field(
        &self,
        name: &str,
        filter: &EmployeeFilter,
    ) -> Result<Read<Vec<UdfRow>>, Error> {
        let question = filter.question(Endpoint::UserDefinedFields)?.keeping(name);
        let mut read: Read<Vec<UdfRow>> = paging::read(self, &question).await?;
        let is_nobodys = read.rows.iter().all(|it| it.value.is_none());
        if *filter == EmployeeFilter::Everyone && !read.rows.is_empty() && is_nobodys {
            let detail = format!(
                "user-defined-fields: nobody has a value in \"{name}\"; check the name in the policy"
            );
            read.findings.push(Finding::warning(Subject::Run, FindingCode::MalformedRow, detail));
        }
        Ok(read)
    }

    /// Supervisors. A 404 is an empty answer here (reference/ukg.md, section 1).
    pub async fn supervisors(
        &self,
        filter: &EmployeeFilter,
    ) -> Result<Read<Vec<SupervisorRow>>, Error> {
        paging::read(self, &filter.question(Endpoint::SupervisorDetails)?).await
    }

    /// Who changed between two instants. UKG wants this asked at most every three hours and
    /// eight times a day, and lags by up to three hours (reference/ukg.md, sections 1 and 7.7).
    pub async fn changes(
        &self,
        start: Timestamp,
        end: Timestamp,
    ) -> Result<Read<Vec<ChangeRow>>, Error> {
        paging::read(self, &Question::changes(start, end)).await
    }

    /// Departments, cost centers, divisions: whatever the customer's four levels are.
    pub async fn org_levels(&self) -> Result<Read<Vec<OrgLevelRow>>, Error> {
        paging::read(self, &Question::all(Endpoint::OrgLevels)).await
    }

    /// The job table. A code that several countries have comes once per country.
    pub async fn jobs(&self) -> Result<Read<Vec<JobRow>>, Error> {
        paging::read(self, &Question::all(Endpoint::Jobs)).await
    }

    /// Work locations.
    pub async fn locations(&self) -> Result<Read<Vec<LocationRow>>, Error> {
        paging::read(self, &Question::all(Endpoint::Locations)).await
    }

    /// Component companies.
    pub async fn companies(&self) -> Result<Read<Vec<CompanyRow>>, Error> {
        paging::read(self, &Question::all(Endpoint::CompanyDetails)).await
    }

    /// The names of the customer's code tables: `EMPTYPE`, `TERMTYPE`, `JOBFAMILY`, …
    pub async fn code_tables(&self) -> Result<Read<BTreeSet<Code>>, Error> {
        let names: Read<Vec<TableName>> =
            paging::read(self, &Question::all(Endpoint::CodeTables)).await?;
        let mut read = Read::<BTreeSet<Code>>::default();
        read.rows = read.absorb(names).into_iter().map(|TableName(name)| name).collect();
        Ok(read)
    }

    /// What the codes of one table mean, or `None` when UKG has no such table.
    pub async fn code_table(
        &self,
        name: &str,
    ) -> Result<Option<Read<BTreeMap<Code, CodeRow>>>, Error> {
        let rows: Read<Vec<CodeRow>> = match paging::read(self, &Question::code_table(name)?).await
        {
            Err(Error::NotFound { .. }) => return Ok(None),
            other => other?,
        };
        let mut read = Read::<BTreeMap<Code, CodeRow>>::default();
        read.rows = read.absorb(rows).into_iter().map(|it| (it.code.clone(), it)).collect();
        Ok(Some(read))
    }

    /// Everything that codes mean. A missing grant is an error that names it
    /// ([`Error::Forbidden`]): a catalog without companies would look like a company without any.
    pub async fn catalog(&self) -> Result<Read<Catalog>, Error> {
        let (org_levels, jobs, locations, companies) =
            tokio::try_join!(self.org_levels(), self.jobs(), self.locations(), self.companies(),)?;
        let mut read = Read::<Catalog>::default();
        read.rows.org_levels = read
            .absorb(org_levels)
            .into_iter()
            .map(|it| ((it.level, it.code.clone()), it))
            .collect();
        for job in read.absorb(jobs) {
            // One code for several countries: the title of a living job is the better answer.
            let known = read.rows.jobs.get(&job.code);
            if known.is_none_or(|it| it.is_active != Some(true)) {
                read.rows.jobs.insert(job.code.clone(), job);
            }
        }
        read.rows.locations =
            read.absorb(locations).into_iter().map(|it| (it.code.clone(), it)).collect();
        read.rows.companies =
            read.absorb(companies).into_iter().map(|it| (it.company.clone(), it)).collect();
        Ok(read)
    }
}
