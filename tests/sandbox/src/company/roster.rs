//! Who is here, in the words of somebody who sets up accounts by hand.

use jiff::civil::Date;

use super::{Company, Employment, MAIL_HOST, Person};

/// What an administrator knew about a person when he made the account by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonView<'a> {
    /// UKG's personId.
    pub person_id: &'a str,
    /// The employeeId of the employment that counts.
    pub employee_id: &'a str,
    /// Its component company.
    pub company_id: &'a str,
    /// Its employee number.
    pub employee_number: &'a str,
    /// The legal first name.
    pub first_name: &'a str,
    /// The legal last name.
    pub last_name: &'a str,
    /// The preferred name.
    pub preferred_name: Option<&'a str>,
    /// The work address, which is also the login: `first.last@larkspur.example`.
    pub login: String,
    /// The personal address.
    pub personal_email: Option<&'a str>,
    /// The department's code (org level 2).
    pub department_code: Option<&'a str>,
    /// The department's description.
    pub department: Option<&'a str>,
    /// The cost center's code (org level 3).
    pub cost_center: Option<&'a str>,
    /// The division's description (org level 1).
    pub division: Option<&'a str>,
    /// The title.
    pub title: &'a str,
    /// The location's code.
    pub location: &'a str,
    /// The personId of the supervisor.
    pub manager_person_id: Option<&'a str>,
    /// Whether the employee type is the contractors'.
    pub is_contractor: bool,
    /// The hire that counts.
    pub hired: Date,
}

impl Company {
    /// Everyone with a live employment on that day, each once, in the order they joined us.
    ///
    /// People on leave, on strike, laid off or suspended are employed and so are here.
    pub fn people_here_on(&self, date: Date) -> impl Iterator<Item = PersonView<'_>> {
        self.people.iter().filter_map(move |person| {
            let employment = person.employment_on(date).filter(|it| it.is_live_on(date))?;
            Some(self.view(person, employment))
        })
    }

    fn view<'a>(&'a self, person: &'a Person, employment: &'a Employment) -> PersonView<'a> {
        let describe = |level: u8| {
            let code = employment.org[usize::from(level) - 1].as_deref()?;
            Some(self.org_unit(level, code)?.description.as_str())
        };
        let title = employment
            .job_title
            .as_deref()
            .or_else(|| self.job(&employment.job).map(|it| it.title.as_str()));
        let login = match &person.manual_login {
            Some(login) => login.clone(),
            // Hired after the company was generated: no manual process reached this person, and the
            // number is all that surely makes an address.
            None => format!("u{}@{MAIL_HOST}", employment.employee_number),
        };
        let supervisor = employment.supervisor.as_deref().and_then(|it| self.person_of(it));
        PersonView {
            person_id: &person.person_id,
            employee_id: &employment.employee_id,
            company_id: &employment.company_id,
            employee_number: &employment.employee_number,
            first_name: &person.first_name,
            last_name: &person.last_name,
            preferred_name: person.preferred_name.as_deref(),
            login,
            personal_email: person.alternate_email.as_deref(),
            department_code: employment.org[1].as_deref(),
            department: describe(2),
            cost_center: employment.org[2].as_deref(),
            division: describe(1),
            title: title.unwrap_or(&employment.job),
            location: &employment.location,
            manager_person_id: supervisor.map(|it| it.person_id.as_str()),
            is_contractor: employment.is_contractor(),
            hired: employment.last_hire,
        }
    }
}
