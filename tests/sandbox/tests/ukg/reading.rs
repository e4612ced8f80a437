//! The UKG Pro simulator over real HTTP: access, pages, filters, shapes.

use std::collections::HashSet;

use crate::world::{NEW, OLD, PERSON, TODAY, World};
use reqwest::StatusCode;
use rollcall_sandbox::{
    company::{codes, hr, markers},
    ukg::{CUSTOMER_KEY, Grant, PASSWORD, USER},
};
use serde_json::Value;

#[tokio::test]
async fn strangers_are_refused_and_grants_matter() {
    let world = World::new(|it| {
        it.grants.remove(&Grant::EmployeePersonDetails);
    })
    .await;
    let url = format!("{}{OLD}", world.ukg.base_url());
    let plain = world.client.get(&url);
    assert_eq!(plain.send().await.unwrap().status(), 401);
    let wrong = world.client.get(&url).basic_auth(USER, Some("wrong"));
    assert_eq!(
        wrong.header("US-Customer-Api-Key", CUSTOMER_KEY).send().await.unwrap().status(),
        401
    );
    let no_key = world.client.get(&url).basic_auth(USER, Some(PASSWORD));
    assert_eq!(no_key.send().await.unwrap().status(), 401);
    assert_eq!(world.status(OLD).await, 200);
    assert_eq!(world.status(PERSON).await, 403);
    let writes = world.client.post(&url).basic_auth(USER, Some(PASSWORD));
    assert_eq!(
        writes.header("US-Customer-Api-Key", CUSTOMER_KEY).send().await.unwrap().status(),
        405
    );
}

#[tokio::test]
async fn pages_are_counted_from_one_and_end_in_an_empty_array() {
    let world = World::new(|_| {}).await;
    let all = world.rows(OLD).await;
    let mut seen = HashSet::new();
    let mut page = 1;
    loop {
        let rows = world.rows(&format!("{OLD}?page={page}&per_Page=50")).await;
        if rows.is_empty() {
            break;
        }
        for it in rows {
            assert!(seen.insert((it["employeeID"].clone(), it["companyID"].clone())));
        }
        page += 1;
    }
    assert_eq!(seen.len(), all.len());
    assert_eq!(world.rows(&format!("{OLD}?PER_PAGE=7&Page=2")).await.len(), 7);
    assert_eq!(world.rows(&format!("{OLD}?page=99")).await.len(), 0);
    assert_eq!(world.status(&format!("{OLD}?page=0")).await, 400);
}

#[tokio::test]
async fn links_lead_from_page_to_page_unless_switched_off() {
    let world = World::new(|_| {}).await;
    let mut target = format!("{PERSON}?per_page=40&addressCountry=USA");
    let mut pages = 0;
    loop {
        let response = world.ask(&target).send().await.unwrap();
        let link = response.headers()["link"].to_str().unwrap().to_owned();
        let _rows: Vec<Value> = response.json().await.unwrap();
        pages += 1;
        assert!(link.contains("; rel=\"last\"") && link.contains("addressCountry=USA"), "{link}");
        let Some(next) = link.split(", ").find(|it| it.ends_with("; rel=\"next\"")) else { break };
        let url = next[1..].split('>').next().unwrap();
        target = url.strip_prefix(world.ukg.base_url()).unwrap().to_owned();
    }
    assert!(pages > 1);
    world.ukg.set(|it| it.has_links = false);
    let silent = world.ask(&format!("{PERSON}?per_page=40")).send().await.unwrap();
    assert!(silent.headers().get("link").is_none());
}

#[tokio::test]
async fn filters_compare_codes_lists_and_american_dates() {
    let world = World::new(|_| {}).await;
    let contractors = world.rows(&format!("{OLD}?employeeTypeCode=CON")).await;
    assert!(!contractors.is_empty());
    assert!(contractors.iter().all(|it| it["employeeTypeCode"] == "CON"));
    let lists = "?employeeTypeCode=%5BCON,INT%5D";
    assert!(world.rows(&format!("{NEW}{lists}")).await.len() >= contractors.len());
    assert_eq!(world.rows(&format!("{OLD}{lists}")).await.len(), 0, "no lists in the older one");
    let everyone = world.rows(OLD).await.len();
    let ignored = world.rows(&format!("{OLD}?employeeStatusCode!=T")).await.len();
    assert_eq!(ignored, everyone);
    world.ukg.set(|it| it.knows_not_equal = true);
    assert!(world.rows(&format!("{OLD}?employeeStatusCode!=T")).await.len() < everyone);

    let future = world.rows(&format!("{OLD}?lastHireDate==%3E03-04-2025")).await;
    assert!(!future.is_empty());
    assert!(future.iter().all(|it| it["lastHireDate"].as_str().unwrap() > "2025-03-03"));
    let past = world.rows(&format!("{OLD}?lastHireDate=%3C03-04-2025")).await.len();
    assert_eq!(past + future.len(), everyone);
    let between = "lastHireDate==%7B01-01-1900,12-31-2199%7D";
    assert_eq!(world.rows(&format!("{OLD}?{between}")).await.len(), everyone);
    assert_eq!(world.status(&format!("{OLD}?dateTimeChanged=2025-03-03")).await, 400);
}

#[tokio::test]
async fn the_two_shapes_differ_as_documented() {
    let world = World::new(|_| {}).await;
    let (_, employee) = world.some_employee();
    let old = &world.rows(&format!("{OLD}?employeeId={employee}")).await[0];
    let new = &world.rows(&format!("{NEW}?employeeID={employee}")).await[0];
    assert_eq!(old["isAutopaid"].as_str().map(str::len), Some(1));
    assert!(new["isAutoPaid"].is_boolean() && new["isHomeCompany"].is_boolean());
    assert!(old.get("terminationDate").is_none() && new.get("dateOfTermination").is_none());
    assert!(new["annualSalary"].to_string().starts_with(markers::SALARY));
    assert_eq!(old["primaryProjectCode"], "Z");
    let person = &world.rows(&format!("{PERSON}/{employee}")).await[0];
    assert!(person.get("nameSufixCode").is_some() && person.get("datetimeChanged").is_some());
    assert!(person["ssn"].as_str().unwrap().starts_with(markers::SSN));
    assert!(person["dateOfBirth"].as_str().unwrap().starts_with(markers::BIRTH_YEAR));
    let changes = world.rows(&format!("/personnel/v1/employee-changes/{employee}")).await;
    assert_eq!(changes[0]["terminationDate"], "");
    assert!(changes[0]["hireDate"].as_str().unwrap().ends_with(" 12:00:00 AM"));
    assert!(changes[0]["employeeNumber"].as_str().unwrap().starts_with('0'));
}

#[tokio::test]
async fn codes_are_padded_when_the_instance_pads() {
    let world = World::new(|it| it.is_padded = true).await;
    let (who, employee) = world.some_employee();
    world.ukg.hr(|company| hr::terminate(company, &who, hr::Leaving::resigned(TODAY)));
    let row = &world.rows(&format!("{OLD}?employeeId={employee}")).await[0];
    assert_eq!(row["termReason"], "201   ");
    assert_eq!(row["companyCode"].as_str().unwrap().len(), 5);
}

#[tokio::test]
async fn supervisors_resolve_and_the_chief_executive_is_a_404() {
    let world = World::new(|_| {}).await;
    let chief = world.ukg.hr(|it| it.people_here_on(TODAY).next().unwrap().employee_id.to_owned());
    let target = "/personnel/v1/employee-supervisor-details";
    assert_eq!(world.status(&format!("{target}?employeeId={chief}")).await, 404);
    let reports = world.rows(&format!("{target}?supervisorEmployeeId={chief}")).await;
    assert!(reports.len() >= 8);
    assert!(reports.iter().all(|it| it["supervisorPersonId"].as_str().unwrap().len() == 36));
}

#[tokio::test]
async fn the_quota_says_429_and_not_when_to_come_back() {
    let world = World::new(|it| it.quota = Some(0)).await;
    let refused = world.ask(OLD).send().await.unwrap();
    assert_eq!(refused.status(), 429);
    assert!(refused.headers().get("retry-after").is_none());
    world.ukg.set(|it| it.retry_after = Some(7));
    assert_eq!(world.ask(OLD).send().await.unwrap().headers()["retry-after"], "7");
}

#[tokio::test]
async fn configuration_tables_are_there() {
    let world = World::new(|_| {}).await;
    let levels = world.rows("/configuration/v1/org-levels").await;
    let ops: Vec<_> = levels.iter().filter(|it| it["code"] == "OPS").collect();
    assert_eq!(ops.len(), 2, "a code is unique only within its level");
    assert_eq!(world.status("/configuration/v1/org-levels/2/ENG").await, 200);
    assert_eq!(world.status("/configuration/v1/org-levels/1/ENG").await, 404);
    assert!(world.rows("/configuration/v1/jobs").await.iter().all(|it| it["code"].is_string()));
    assert!(world.rows("/configuration/v2/jobs").await[0]["jobCode"].is_string());
    assert_eq!(world.rows("/configuration/v1/locations?isActive=true").await.len(), 8);
    assert_eq!(world.rows("/configuration/v1/company-details").await.len(), 3);
    assert!(world.rows("/configuration/v1/code-tables").await.len() >= 3);
    assert_eq!(world.rows("/configuration/v1/code-tables/jobfamily").await.len(), 8);
    assert_eq!(world.rows("/personnel/v1/user-defined-fields?per_Page=5").await.len(), 5);
    assert!(world.rows("/personnel/v1/employee-job-history-details").await.len() > 120);
    assert_eq!(world.status("/personnel/v1/employees").await, 404, "clients invent that one");
}

#[tokio::test]
async fn the_same_seed_serves_the_same_bytes() {
    let (one, two) = (World::new(|_| {}).await, World::new(|_| {}).await);
    for target in [OLD, NEW, PERSON, "/personnel/v1/employee-contract-details"] {
        let text = async |it: &World| it.ask(target).send().await.unwrap().text().await.unwrap();
        assert_eq!(text(&one).await, text(&two).await);
    }
}

#[tokio::test]
async fn a_large_page_is_served_whole() {
    let world = World::of(12_000, |_| {}).await;
    assert_eq!(world.rows(NEW).await.len(), 10_000);
    assert!(world.rows(&format!("{NEW}?page=2")).await.len() > 2_000);
}

#[tokio::test]
async fn companies_people_and_columns_can_vanish_without_a_word() {
    let world = World::new(|_| {}).await;
    let (who, employee) = world.some_employee();
    let all = world.rows(OLD).await.len();
    world.ukg.set(|it| it.hidden_people = [who].into());
    assert_eq!(world.rows(OLD).await.len(), all - 1);
    assert_eq!(world.status(&format!("{PERSON}/{employee}")).await, StatusCode::NOT_FOUND);
    world.ukg.set(|it| {
        it.hidden_companies = codes::COMPANIES.iter().map(|it| it.id.to_owned()).collect();
    });
    assert_eq!(world.rows(OLD).await.len(), 0);
    world.ukg.set(|it| {
        it.hidden_companies.clear();
        it.blank_columns = ["orgLevel2Code".to_owned()].into();
    });
    assert!(world.rows(NEW).await.iter().all(|it| it["orgLevel2Code"].is_null()));
}
