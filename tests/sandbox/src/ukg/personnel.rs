//! The people endpoints: which rows, which filters, which page.

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
    routing::get,
};
use serde_json::{Value, json};

use super::{
    Server, answer, changes,
    filters::{EMPLOYMENT_FILTERS, PERSON_FILTERS, passes_employment, passes_person},
    gate::Asked,
    page::Page,
    query::{self, Field, Filter, Kind},
    rows::{ContractRow, HistoryRow, Newer, Older, PersonRow, Row, Supervisor, View, component},
};

/// The routes under `/personnel/v1`.
pub(super) fn routes() -> Router<Server> {
    // Whole paths instead of `nest`, which would strip the prefix that the Link header repeats.
    let all = |it: &str| format!("/personnel/v1/{it}");
    let company = |it: &str| all(&format!("companies/{{company}}/{it}"));
    let employee = |it: &str| company(&format!("employees/{{employee}}/{it}"));
    Router::new()
        .route(&all("employment-details"), get(older))
        .route(&company("employment-details"), get(older_of_company))
        .route(&employee("employment-details"), get(older_of_employee))
        .route(&all("employee-employment-details"), get(newer))
        .route(&all("person-details"), get(people))
        .route(&all("person-details/{employee}"), get(person))
        .route(&company("person-details"), get(people_of_company))
        .route(&employee("person-details"), get(person_of_company))
        .route(&all("employee-contract-details"), get(contracts))
        .route(&all("employee-supervisor-details"), get(supervisors))
        .route(&all("employee-job-history-details"), get(histories))
        .route(&all("employee-job-history-details/{system}"), get(history))
        .route(&all("employee-changes"), get(changes::list))
        .route(&all("employee-changes/{employee}"), get(changes::of_employee))
        .route(&all("user-defined-fields"), get(user_fields))
        .route(&company("user-defined-fields"), get(user_fields_of_company))
        .route(&employee("user-defined-fields"), get(user_fields_of_employee))
}

/// The path's own restrictions.
type Within = (Option<String>, Option<String>);

const EVERYWHERE: Within = (None, None);

fn is_within(row: &Row<'_>, (company, employee): &Within) -> bool {
    company.as_ref().is_none_or(|it| *it == row.employment.company_id)
        && employee.as_ref().is_none_or(|it| *it == row.employment.employee_id)
}

/// One row an employeeId: of several companies' rows the one that counts.
fn person_rows(view: View<'_>) -> impl Iterator<Item = Row<'_>> {
    let today = view.company.today();
    view.rows().filter(move |row| {
        if let [_] = *row.person.employments {
            return true;
        }
        let same =
            row.person.employments.iter().filter(|it| it.employee_id == row.employment.employee_id);
        let rank = |it: &crate::company::Employment| {
            (it.is_live_on(today), !it.has_ended_by(today), it.is_home, it.last_hire)
        };
        let mine = rank(row.employment);
        same.filter(|it| it.company_id != row.employment.company_id).all(|it| rank(it) < mine)
    })
}

/// The common course of a list: read filters and page, or refuse; then list under the lock.
fn answered(
    server: &Server,
    asked: &Asked,
    known: &[(&'static str, Kind)],
    has_lists: bool,
    list: impl FnOnce(View<'_>, &[Filter], Page) -> Response,
) -> Response {
    let options = server.options();
    let filters = match query::filters(&asked.query, known, has_lists, &options) {
        Ok(filters) => filters,
        Err(refusal) => return *refusal,
    };
    match Page::read(&asked.query, options.page_size, "per_Page") {
        Ok(page) => {
            let company = server.company();
            list(View { company: &company, options: &options }, &filters, page)
        }
        Err(refusal) => *refusal,
    }
}

fn older_rows(server: &Server, asked: &Asked, within: &Within) -> Response {
    answered(server, asked, &EMPLOYMENT_FILTERS, false, |view, filters, page| {
        let rows = view
            .rows()
            .filter(|row| is_within(row, within) && passes_employment(row, filters))
            .map(Older);
        let (rows, total) = page.cut(rows);
        page.answer(&rows, total, asked, view.options)
    })
}

async fn older(State(server): State<Server>, asked: Asked) -> Response {
    older_rows(&server, &asked, &EVERYWHERE)
}

async fn older_of_company(
    State(server): State<Server>,
    Path(company): Path<String>,
    asked: Asked,
) -> Response {
    older_rows(&server, &asked, &(Some(company), None))
}

async fn older_of_employee(
    State(server): State<Server>,
    Path((company, employee)): Path<(String, String)>,
    asked: Asked,
) -> Response {
    older_rows(&server, &asked, &(Some(company), Some(employee)))
}

async fn newer(State(server): State<Server>, asked: Asked) -> Response {
    answered(&server, &asked, &EMPLOYMENT_FILTERS, true, |view, filters, page| {
        let rows = view.rows().filter(|row| passes_employment(row, filters)).map(Newer);
        let (rows, total) = page.cut(rows);
        page.answer(&rows, total, &asked, view.options)
    })
}

fn people_rows(server: &Server, asked: &Asked, within: &Within) -> Response {
    answered(server, asked, &PERSON_FILTERS, false, |view, filters, page| {
        let rows = person_rows(view)
            .filter(|row| is_within(row, within) && passes_person(row, filters))
            .map(PersonRow);
        let (rows, total) = page.cut(rows);
        if total == 0 && within.1.is_some() {
            return answer::empty(StatusCode::NOT_FOUND);
        }
        page.answer(&rows, total, asked, view.options)
    })
}

async fn people(State(server): State<Server>, asked: Asked) -> Response {
    people_rows(&server, &asked, &EVERYWHERE)
}

async fn person(
    State(server): State<Server>,
    Path(employee): Path<String>,
    asked: Asked,
) -> Response {
    people_rows(&server, &asked, &(None, Some(employee)))
}

async fn people_of_company(
    State(server): State<Server>,
    Path(company): Path<String>,
    asked: Asked,
) -> Response {
    people_rows(&server, &asked, &(Some(company), None))
}

async fn person_of_company(
    State(server): State<Server>,
    Path((company, employee)): Path<(String, String)>,
    asked: Asked,
) -> Response {
    people_rows(&server, &asked, &(Some(company), Some(employee)))
}

async fn contracts(State(server): State<Server>, asked: Asked) -> Response {
    const KNOWN: [(&str, Kind); 7] = [
        ("companyId", Kind::Code),
        ("employeeId", Kind::Code),
        ("contractNumber", Kind::Code),
        ("contractTypeCode", Kind::Code),
        ("effectiveDate", Kind::Day),
        ("dateTimeCreated", Kind::Day),
        ("rowLastChanged", Kind::Day),
    ];
    answered(&server, &asked, &KNOWN, false, |view, filters, page| {
        let passes = |it: &ContractRow<'_>| {
            let local = |at| Field::At(Some(query::local(view.company, at)));
            filters.iter().all(|filter| {
                filter.accepts(match filter.name {
                    "companyId" => Field::Code(Some(&it.row.employment.company_id)),
                    "employeeId" => Field::Code(Some(&it.row.employment.employee_id)),
                    "contractNumber" => Field::Code(Some(&it.contract.number)),
                    "contractTypeCode" => Field::Code(Some("FIXED")),
                    "effectiveDate" => Field::day(Some(it.contract.start)),
                    "dateTimeCreated" => local(it.contract.created),
                    _ => local(it.contract.changed),
                })
            })
        };
        let rows = view
            .rows()
            .flat_map(|row| {
                row.employment.contracts.iter().map(move |contract| ContractRow { row, contract })
            })
            .filter(passes);
        let (rows, total) = page.cut(rows);
        page.answer(&rows, total, &asked, view.options)
    })
}

async fn supervisors(State(server): State<Server>, asked: Asked) -> Response {
    const KNOWN: [(&str, Kind); 5] = [
        ("companyId", Kind::Code),
        ("employeeId", Kind::Code),
        ("supervisorCompanyId", Kind::Code),
        ("supervisorEmployeeId", Kind::Code),
        ("supervisorCompanyCode", Kind::Code),
    ];
    answered(&server, &asked, &KNOWN, false, |view, filters, page| {
        let passes = |row: &Row<'_>| {
            let company = row.supervisor().map(|it| it.employment.company_id.as_str());
            let code = company.and_then(component).map(|it| it.code);
            filters.iter().all(|filter| {
                filter.accepts(Field::Code(match filter.name {
                    "companyId" => Some(&row.employment.company_id),
                    "employeeId" => Some(&row.employment.employee_id),
                    "supervisorCompanyId" => company,
                    "supervisorEmployeeId" => row.employment.supervisor.as_deref(),
                    _ => code,
                }))
            })
        };
        let rows = view
            .rows()
            .filter(|row| row.employment.supervisor.is_some() && passes(row))
            .map(Supervisor);
        let (rows, total) = page.cut(rows);
        if total == 0 && view.options.supervisors_404 {
            return answer::empty(StatusCode::NOT_FOUND);
        }
        page.answer(&rows, total, &asked, view.options)
    })
}

fn history_rows(server: &Server, asked: &Asked, system_id: Option<&str>) -> Response {
    const KNOWN: [(&str, Kind); 9] = [
        ("companyId", Kind::Code),
        ("employeeId", Kind::Code),
        ("systemId", Kind::Code),
        ("isOrgChange", Kind::Flag),
        ("isJobChange", Kind::Flag),
        ("isRateChange", Kind::Flag),
        ("isPromotion", Kind::Flag),
        ("jobEffectiveDate", Kind::Day),
        ("dateTimeCreated", Kind::Day),
    ];
    answered(server, asked, &KNOWN, false, |view, filters, page| {
        let passes = |it: &HistoryRow<'_>| {
            let id = it.system_id();
            system_id.is_none_or(|wanted| wanted == id)
                && filters.iter().all(|filter| {
                    filter.accepts(match filter.name {
                        "companyId" => Field::Code(Some(&it.row.employment.company_id)),
                        "employeeId" => Field::Code(Some(&it.row.employment.employee_id)),
                        "systemId" => Field::Code(Some(&id)),
                        "isOrgChange" => Field::Flag(it.is_org_change()),
                        "isJobChange" => Field::Flag(it.is_job_change()),
                        "jobEffectiveDate" => Field::day(Some(it.job.effective)),
                        "dateTimeCreated" => {
                            Field::At(Some(query::local(view.company, it.job.created)))
                        }
                        _ => Field::Flag(false),
                    })
                })
        };
        let rows = view
            .rows()
            .flat_map(|row| {
                let rows = row.employment.history.iter().enumerate();
                rows.map(move |(nth, job)| HistoryRow { row, job, nth })
            })
            .filter(passes);
        let (rows, total) = page.cut(rows);
        page.answer(&rows, total, asked, view.options)
    })
}

async fn histories(State(server): State<Server>, asked: Asked) -> Response {
    history_rows(&server, &asked, None)
}

async fn history(
    State(server): State<Server>,
    Path(system): Path<String>,
    asked: Asked,
) -> Response {
    history_rows(&server, &asked, Some(&system))
}

fn user_field_rows(server: &Server, asked: &Asked, within: &Within) -> Response {
    const KNOWN: [(&str, Kind); 2] = [("companyId", Kind::Code), ("employeeId", Kind::Code)];
    answered(server, asked, &KNOWN, false, |view, filters, page| {
        let rows =
            person_rows(view).filter(|row| is_within(row, within) && passes_person(row, filters));
        let (rows, total) = page.cut(rows);
        let rendered: Vec<_> = rows.iter().map(|row| render_user_fields(row, view)).collect();
        page.answer(&rendered, total, asked, view.options)
    })
}

/// By UKG's specification of March 2024 each object has fourteen slots, each for texts (01, 02),
/// for numbers (03) or for dates (05), and the row names no company. What a slot is called and
/// used for is each customer's own; these are ours.
fn render_user_fields(row: &Row<'_>, view: View<'_>) -> Value {
    let sponsor = row.employment.is_contractor().then_some("PROCUREMENT");
    let slot = |field: &str, value: Value| json!({"field": field, "value": value});
    json!({
        "employeeId": row.employee_id(),
        "personnelUserDefinedFields": {
            "personnelUDField01": slot("Sponsor", json!(sponsor)),
            "personnelUDField02": slot("Badge color", json!("GREEN")),
            "personnelUDField05": slot(
                "Assignment end",
                json!(row.employment.custom_end.map(|it| view.day(it))),
            ),
        },
        "internationalUserDefinedFields": {},
    })
}

async fn user_fields(State(server): State<Server>, asked: Asked) -> Response {
    user_field_rows(&server, &asked, &EVERYWHERE)
}

async fn user_fields_of_company(
    State(server): State<Server>,
    Path(company): Path<String>,
    asked: Asked,
) -> Response {
    user_field_rows(&server, &asked, &(Some(company), None))
}

async fn user_fields_of_employee(
    State(server): State<Server>,
    Path((company, employee)): Path<(String, String)>,
    asked: Asked,
) -> Response {
    user_field_rows(&server, &asked, &(Some(company), Some(employee)))
}
