//! The configuration endpoints: org levels, jobs, locations, companies, code tables.

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
    routing::get,
};
use serde_json::{Value, json};

use super::{
    Server, answer,
    gate::Asked,
    page::Page,
    query::{self, Field, Filter, Kind},
};
use crate::company::{
    Job, OrgUnit,
    codes::{self, ComponentCompany, Location},
};

/// The routes under `/configuration`.
pub(super) fn routes() -> Router<Server> {
    Router::new()
        .route("/configuration/v1/org-levels", get(org_levels))
        .route("/configuration/v1/org-levels/{level}/{code}", get(org_level))
        .route("/configuration/v1/jobs", get(jobs))
        .route("/configuration/v1/jobs/{code}", get(job))
        .route("/configuration/v2/jobs", get(richer_jobs))
        .route("/configuration/v2/jobs/{code}", get(richer_job))
        .route("/configuration/v1/locations", get(locations))
        .route("/configuration/v1/locations/{code}", get(location))
        .route("/configuration/v1/company-details", get(companies))
        .route("/configuration/v1/code-tables", get(code_tables))
        .route("/configuration/v1/code-tables/{table}", get(code_table))
}

fn read(
    server: &Server,
    asked: &Asked,
    known: &[(&'static str, Kind)],
) -> Result<Vec<Filter>, Box<Response>> {
    query::filters(&asked.query, known, false, &server.options())
}

fn found(value: Option<Value>) -> Response {
    value.map_or_else(|| answer::empty(StatusCode::NOT_FOUND), |it| answer::ok(&it))
}

fn org_level_row(it: &OrgUnit) -> Value {
    json!({
        "level": it.level,
        "code": it.code,
        "description": it.description,
        "levelDescription": codes::ORG_LEVEL_LABELS[usize::from(it.level) - 1],
        "glSegment": if it.level == 3 { it.code.as_str() } else { "" },
        "budgetGroup": "Z",
        "reportingCategory": "Z",
        "isActive": it.is_active,
    })
}

/// All levels in one array; this endpoint has no pages.
async fn org_levels(State(server): State<Server>, asked: Asked) -> Response {
    const KNOWN: [(&str, Kind); 3] =
        [("levelDescription", Kind::Code), ("code", Kind::Code), ("isActive", Kind::Flag)];
    let filters = match read(&server, &asked, &KNOWN) {
        Ok(filters) => filters,
        Err(refusal) => return *refusal,
    };
    let passes = |it: &&OrgUnit| {
        filters.iter().all(|filter| {
            filter.accepts(match filter.name {
                "code" => Field::Code(Some(&it.code)),
                "isActive" => Field::Flag(it.is_active),
                _ => Field::Code(Some(codes::ORG_LEVEL_LABELS[usize::from(it.level) - 1])),
            })
        })
    };
    let company = server.company();
    let rows: Vec<_> = company.org_units.iter().filter(passes).map(org_level_row).collect();
    answer::ok(&rows)
}

async fn org_level(
    State(server): State<Server>,
    Path((level, code)): Path<(u8, String)>,
) -> Response {
    found(server.company().org_unit(level, &code).map(org_level_row))
}

/// Version 1 calls the code `code`.
fn job_row(it: &Job) -> Value {
    json!({
        "title": it.title,
        "countryCode": "USA",
        "code": it.code,
        "jobFamilyCode": it.family,
        "isActive": true,
    })
}

/// Version 2 calls it `jobCode` and says more. No level or grade in either.
fn richer_job_row(it: &Job) -> Value {
    json!({
        "title": it.title,
        "longDescription": it.title,
        "countryCode": "USA",
        "jobCode": it.code,
        "jobFamilyCode": it.family,
        "jobGroup": null,
        "flsaTypeCode": "E",
        "jobEE0Category": "2",
        "isActive": true,
    })
}

fn job_rows(server: &Server, asked: &Asked, row: fn(&Job) -> Value) -> Response {
    const KNOWN: [(&str, Kind); 2] = [("countryCode", Kind::Code), ("isActive", Kind::Flag)];
    let filters = match read(server, asked, &KNOWN) {
        Ok(filters) => filters,
        Err(refusal) => return *refusal,
    };
    let passes = filters.iter().all(|filter| {
        filter.accepts(match filter.name {
            "countryCode" => Field::Code(Some("USA")),
            _ => Field::Flag(true),
        })
    });
    let company = server.company();
    let rows: Vec<_> = company.jobs.iter().filter(|_| passes).map(row).collect();
    answer::ok(&rows)
}

async fn jobs(State(server): State<Server>, asked: Asked) -> Response {
    job_rows(&server, &asked, job_row)
}

async fn richer_jobs(State(server): State<Server>, asked: Asked) -> Response {
    job_rows(&server, &asked, richer_job_row)
}

async fn job(State(server): State<Server>, Path(code): Path<String>) -> Response {
    found(server.company().job(&code).map(job_row))
}

async fn richer_job(State(server): State<Server>, Path(code): Path<String>) -> Response {
    found(server.company().job(&code).map(richer_job_row))
}

fn location_row(it: &Location) -> Value {
    json!({
        "locationCode": it.code,
        "description": it.description,
        "isActive": it.is_active,
        "addressLine1": "1 Instrument Way",
        "addressLine2": "",
        "city": it.city,
        "state": it.state,
        "zipOrPostalCode": "00000",
        "countryCode": it.country,
        "locationGLSegment": "100",
    })
}

async fn locations(State(server): State<Server>, asked: Asked) -> Response {
    const KNOWN: [(&str, Kind); 2] = [("countryCode", Kind::Code), ("isActive", Kind::Flag)];
    let filters = match read(&server, &asked, &KNOWN) {
        Ok(filters) => filters,
        Err(refusal) => return *refusal,
    };
    let passes = |it: &&Location| {
        filters.iter().all(|filter| {
            filter.accepts(match filter.name {
                "countryCode" => Field::Code(Some(it.country)),
                _ => Field::Flag(it.is_active),
            })
        })
    };
    let rows: Vec<_> = codes::LOCATIONS.iter().filter(passes).map(location_row).collect();
    answer::ok(&rows)
}

async fn location(Path(code): Path<String>) -> Response {
    found(codes::LOCATIONS.iter().find(|it| it.code == code).map(location_row))
}

fn company_row(it: &ComponentCompany) -> Value {
    let master = codes::COMPANIES[0].id;
    let [level1, level2, level3, level4] = codes::ORG_LEVEL_LABELS;
    json!({
        // Text, not a boolean: so the specification declares it.
        "isMasterCompany": if it.is_master { "true" } else { "false" },
        "masterCompanyId": master,
        "companyID": it.id,
        "companyCode": it.code,
        "companyName": it.name,
        "addressLine1": "1 Instrument Way",
        "addressCountry": it.country,
        "phoneNumber": "",
        // The specification and a client disagree about the names of these; both are here.
        "orgLevel1Code": level1,
        "orgLevel2Code": level2,
        "orgLevel3Code": level3,
        "orgLevel4Code": level4,
        "organizationLevel1Label": level1,
        "organizationLevel2Label": level2,
        "organizationLevel3Label": level3,
        "organizationLevel4Label": level4,
    })
}

async fn companies(State(server): State<Server>, asked: Asked) -> Response {
    const KNOWN: [(&str, Kind); 4] = [
        ("companyId", Kind::Code),
        ("masterCompanyId", Kind::Code),
        ("companyCode", Kind::Code),
        ("isMasterCompany", Kind::Flag),
    ];
    let options = server.options();
    let page = Page::read(&asked.query, options.page_size, "per_Page");
    let (filters, page) = match (read(&server, &asked, &KNOWN), page) {
        (Ok(filters), Ok(page)) => (filters, page),
        (Err(refusal), _) | (_, Err(refusal)) => return *refusal,
    };
    let passes = |it: &&ComponentCompany| {
        filters.iter().all(|filter| {
            filter.accepts(match filter.name {
                "companyId" => Field::Code(Some(it.id)),
                "masterCompanyId" => Field::Code(Some(codes::COMPANIES[0].id)),
                "companyCode" => Field::Code(Some(it.code)),
                _ => Field::Flag(it.is_master),
            })
        })
    };
    let rows = codes::COMPANIES.iter().filter(passes).map(company_row);
    let (rows, total) = page.cut(rows);
    page.answer(&rows, total, &asked, &options)
}

/// The tables' names. Only EMPTYPE, TERMTYPE and JOBFAMILY were seen; the others are our guess.
const TABLES: [&str; 5] = ["EMPTYPE", "TERMTYPE", "JOBFAMILY", "TERMREASON", "LOAREASON"];

async fn code_tables(asked: Asked) -> Response {
    let rows: Vec<_> = TABLES
        .iter()
        .map(|it| json!({"codeTable": it, "url": format!("http://{}{}/{it}", asked.host, asked.path)}))
        .collect();
    answer::ok(&rows)
}

async fn code_table(Path(table): Path<String>) -> Response {
    let row = |(code, description): (&str, &str)| json!({"code": code, "description": description});
    let rows: Vec<Value> = match table.to_ascii_uppercase().as_str() {
        "EMPTYPE" => codes::EMPLOYEE_TYPES.map(row).into(),
        "TERMTYPE" => [("V", "Voluntary"), ("I", "Involuntary")].map(row).into(),
        "JOBFAMILY" => codes::JOB_FAMILIES.map(row).into(),
        "TERMREASON" => codes::TERM_REASONS.map(|it| row((it.0, it.1))).into(),
        "LOAREASON" => codes::LEAVE_REASONS.map(row).into(),
        _ => return answer::empty(StatusCode::NOT_FOUND),
    };
    answer::ok(&rows)
}
