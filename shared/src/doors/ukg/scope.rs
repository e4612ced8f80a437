//! Whom to read: everybody, or a few.
//!
//! UKG's quota is small and its filters know days, not minutes, so polls ask narrowly and often
//! and the nightly read of everybody finds what they missed (design, section 4).

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{Client, EmployeeFilter, EmploymentFilter, Endpoint, Error, PersonFilter, Read};
use crate::words::{finding::Subject, hr::PeopleRows, ids::EmployeeId};

/// Up to so many employees are asked for one by one; for more, everybody is cheaper: at three to
/// five calls each, forty make 160 or so, and a company of 100,000 has twenty-odd pages.
pub const FEW: usize = 40;

/// Whose rows to read. Every scope yields whole people as far as UKG lets us ask for them: all
/// employments, the identity and, where wanted, the contracts and the field with the end date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everybody, future hires and leavers included.
    Everyone,
    /// Who changed, was hired or left on or after a day: [`Client::changed_employees`], then
    /// [`Scope::Employees`] of those alone, or everybody if they are more than [`FEW`]. A caller
    /// that knows of people with several employee ids takes the two steps itself.
    ChangedSince(Date),
    /// The named employees, however many: above [`FEW`], prefer everybody.
    ///
    /// UKG cannot be asked for a person: a human with two employee ids (a rehire entered anew)
    /// is half seen when only one is named here. Give all employee ids that the ledger knows of
    /// the person, and let no narrow read decide that somebody is gone from an id it did not
    /// name.
    Employees(BTreeSet<EmployeeId>),
}

/// # Errors
///
/// As all reads of [`Client`]: whole or not at all.
impl Client {
    /// The rows of the people in scope.
    pub async fn people(&self, scope: &Scope) -> Result<Read<PeopleRows>, Error> {
        match scope {
            Scope::Everyone => self.everyone().await,
            Scope::Employees(employees) => self.some(employees).await,
            Scope::ChangedSince(day) => {
                let changed = self.changed_employees(*day).await?;
                if changed.rows.len() > FEW {
                    return self.everyone().await;
                }
                let mut people = self.some(&changed.rows).await?;
                people.pages += changed.pages;
                // Most were just told again; those about rows without an employee were not.
                for finding in changed.findings {
                    if !people.findings.contains(&finding) {
                        people.findings.push(finding);
                    }
                }
                Ok(people)
            }
        }
    }

    /// Who changed, was hired or left on or after `day`, or will: the employee ids to look at.
    ///
    /// Four filtered questions, since an employment's stamp and a person's are moved separately,
    /// and dates in the future move neither when they come
    /// (reference/ukg.md, section 2.3). UKG's stamps have no zone: overlap by a day or more.
    pub async fn changed_employees(&self, day: Date) -> Result<Read<BTreeSet<EmployeeId>>, Error> {
        let (changed, terminated, hired, persons) = (
            EmploymentFilter::ChangedSince(day),
            EmploymentFilter::TerminatedSince(day),
            EmploymentFilter::HiredSince(day),
            PersonFilter::ChangedSince(day),
        );
        let mut read = Read::<BTreeSet<EmployeeId>>::default();
        for filter in [changed, terminated, hired] {
            let rows = read.absorb(self.employments(&filter).await?);
            read.rows.extend(rows.into_iter().map(|it| it.employee));
        }
        let rows = read.absorb(self.persons(&persons).await?);
        read.rows.extend(rows.into_iter().map(|it| it.employee));
        // A row that cannot be read whole is a change all the same, and its reader wants to know.
        for finding in &read.findings {
            if let Subject::Employee(employee) = &finding.subject {
                read.rows.insert(employee.clone());
            }
        }
        Ok(read)
    }

    async fn everyone(&self) -> Result<Read<PeopleRows>, Error> {
        let contracts = async {
            if self.settings().reads_contracts {
                self.contracts(&EmployeeFilter::Everyone).await
            } else {
                Ok(Read::default())
            }
        };
        let ends = async {
            match &self.settings().end_field {
                Some(field) => self.user_defined_field(field, &EmployeeFilter::Everyone).await,
                None => Ok(Read::default()),
            }
        };
        let (employments, persons, contracts, ends) = tokio::try_join!(
            self.everybodys_employments(),
            self.everybodys_identities(),
            contracts,
            ends,
        )?;
        let mut read = Read::<PeopleRows>::default();
        read.rows.employments = read.absorb(employments);
        read.rows.persons = read.absorb(persons);
        read.rows.contracts = read.absorb(contracts);
        read.rows.udf_ends = read.absorb(ends);
        Ok(read)
    }

    /// One employee after the other: the quota is small, and so is their number.
    async fn some(&self, employees: &BTreeSet<EmployeeId>) -> Result<Read<PeopleRows>, Error> {
        let mut read = Read::<PeopleRows>::default();
        for employee in employees {
            let employments = EmploymentFilter::Employee(employee.clone());
            let rows = read.absorb(self.employments(&employments).await?);
            let endpoint = employments.question(self.settings().shape)?.endpoint;
            read.rows.employments.extend(only(employee, rows, |it| &it.employee, endpoint)?);

            let rows = read.absorb(self.persons(&PersonFilter::Employee(employee.clone())).await?);
            let endpoint = Endpoint::PersonDetails;
            read.rows.persons.extend(only(employee, rows, |it| &it.employee, endpoint)?);

            if self.settings().reads_contracts {
                let contracts = EmployeeFilter::Employee(employee.clone());
                let rows = read.absorb(self.contracts(&contracts).await?);
                let endpoint = Endpoint::ContractDetails;
                read.rows.contracts.extend(only(employee, rows, |it| &it.employee, endpoint)?);
            }

            if let Some(field) = &self.settings().end_field {
                let whose = EmployeeFilter::Employee(employee.clone());
                let rows = read.absorb(self.user_defined_field(field, &whose).await?);
                let endpoint = Endpoint::UserDefinedFields;
                read.rows.udf_ends.extend(only(employee, rows, |it| &it.employee, endpoint)?);
            }
        }
        Ok(read)
    }
}

/// The rows, if all are the employee's own. A server that ignores the filter would otherwise
/// pass for one that knows nobody else.
fn only<R>(
    employee: &EmployeeId,
    rows: Vec<R>,
    whose: impl Fn(&R) -> &EmployeeId,
    endpoint: Endpoint,
) -> Result<Vec<R>, Error> {
    let is_own = |it: &R| whose(it).as_str().eq_ignore_ascii_case(employee.as_str());
    if rows.iter().all(is_own) { Ok(rows) } else { Err(Error::FilterIgnored { endpoint }) }
}
